{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_visitors'), 'person_id') }}
    union all
    select person_id
    from {{ ref('int_visitors') }}
    where visitor_id in ({{ changed_rows(ref('int_sessions'), 'visitor_id') }})
{% endset %}
{{ rebuild_only(touched) }}

with visits as (

    select
        visitors.person_id,
        {{ traffic_channel('sessions.traffic_source', 'sessions.traffic_medium') }} as channel,
        row_number() over (
            partition by visitors.person_id order by sessions.started_at, sessions.visitor_id
        ) as position
    from {{ ref('int_sessions') }} as sessions
    inner join {{ ref('int_visitors') }} as visitors
        on sessions.visitor_id = visitors.visitor_id
    where {{ is_touched('visitors.person_id', 'person_id') }}

)

select person_id, channel as first_channel
from visits
where position = 1
