{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_customer_days'), 'person_id, ' ~ week_of('activity_date') ~ ' as week') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    person_id,
    {{ week_of('activity_date') }} as week,
    {{ week_of('min(first_order_date)') }} as first_order_week,
    cast(sum(activity_count) as bigint) as activity_count,
    {% for component in ['web', 'messages', 'commerce', 'feedback', 'loyalty', 'community'] -%}
    cast(
        sum(case when component = '{{ component }}' then points else 0 end) as decimal(18, 4)
    ) as {{ component }}_points,
    {% endfor -%}
    cast(sum(points) as decimal(18, 4)) as points
from {{ ref('int_customer_days') }}
where {{ is_touched('person_id, ' ~ week_of('activity_date'), 'person_id, week') }}
group by person_id, {{ week_of('activity_date') }}
