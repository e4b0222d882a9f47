{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('sessions'), 'session_date as date') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    session_date as date,
    count(*) as session_count,
    count(distinct visitor_id) as visitor_count,
    cast(sum(case when is_engaged then 1 else 0 end) as bigint) as engaged_session_count,
    cast(sum(case when is_bounce_not_engaged then 1 else 0 end) as bigint) as not_engaged_bounce_count,
    cast(sum(case when is_bounce_single_page then 1 else 0 end) as bigint) as single_page_bounce_count,
    cast(sum(page_view_count) as bigint) as page_view_count,
    cast(sum(case when is_customer then 1 else 0 end) as bigint) as customer_session_count,
    median(duration_seconds) as median_duration_seconds,
    {{ rate_pct('sum(case when is_engaged then 1 else 0 end)', 'count(*)') }}
        as engaged_session_pct,
    {{ rate_pct('sum(case when is_bounce_not_engaged then 1 else 0 end)', 'count(*)') }}
        as bounce_not_engaged_pct,
    {{ rate_pct('sum(case when is_bounce_single_page then 1 else 0 end)', 'count(*)') }}
        as bounce_single_page_pct
from {{ ref('sessions') }}
where {{ is_touched('session_date', 'date') }}
group by session_date
