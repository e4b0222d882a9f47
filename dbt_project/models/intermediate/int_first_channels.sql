{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_visitors'), 'person_id') }}
    union all
    select person_id
    from {{ ref('int_visitors') }}
    where visitor_id in ({{ changed_rows(ref('int_sessions'), 'visitor_id') }})
{% endset %}
{{ rebuild_only(touched) }}
{% set place = '(sessions.started_at, sessions.visitor_id)' %}

with first_visits as (

    select
        visitors.person_id,
        {{ first_by('sessions.traffic_source', place) }} as traffic_source,
        {{ first_by('sessions.traffic_medium', place) }} as traffic_medium
    from {{ ref('int_sessions') }} as sessions
    inner join {{ ref('int_visitors') }} as visitors
        on sessions.visitor_id = visitors.visitor_id
    where {{ is_touched('visitors.person_id', 'person_id') }}
    group by visitors.person_id

)

select
    person_id,
    {{ traffic_channel('traffic_source', 'traffic_medium') }} as first_channel
from first_visits
