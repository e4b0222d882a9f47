{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_sessions'), 'lower(campaign) as link_name') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    lower(campaign) as link_name,
    min({{ traffic_channel('traffic_source', 'traffic_medium') }}) as channel,
    count(*) as visit_count,
    cast(
        sum(
            case
                when {{ is_engaged_session('duration_seconds', 'page_view_count', 'key_event_count') }}
                    then 1
                else 0
            end
        ) as bigint
    ) as engaged_visit_count
from {{ ref('int_sessions') }}
where campaign is not null and {{ is_touched('lower(campaign)', 'link_name') }}
group by lower(campaign)
