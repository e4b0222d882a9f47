{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_activities'), 'person_id') }}
    union all
    {{ changed_rows(ref('int_visitors'), 'person_id') }}
    union all
    select person_id
    from {{ ref('int_visitors') }}
    where visitor_id in ({{ changed_rows(ref('int_sessions'), 'visitor_id') }})
    union all
    {{ changed_rows(ref('int_recommendations'), 'person_id') }}
{% endset %}
{{ rebuild_only(touched) }}

with visits as (

    select
        visitors.person_id,
        sessions.started_at,
        sessions.has_lead_event,
        {{ is_engaged_session(
            'sessions.duration_seconds', 'sessions.page_view_count', 'sessions.key_event_count'
        ) }} as is_engaged
    from {{ ref('int_sessions') }} as sessions
    inner join {{ ref('int_visitors') }} as visitors
        on sessions.visitor_id = visitors.visitor_id
    where {{ is_touched('visitors.person_id', 'person_id') }}

),

purchases as (

    select person_id, ordered_at
    from {{ ref('int_orders') }}
    where purchase_number is not null and {{ is_touched('person_id') }}

),

moments as (

    select person_id, 2 as stage_rank, started_at as occurred_at from visits
    union all
    select person_id, 3 as stage_rank, started_at as occurred_at from visits where is_engaged
    union all
    select person_id, 4 as stage_rank, started_at as occurred_at from visits where has_lead_event
    union all
    select person_id, 5 as stage_rank, ordered_at as occurred_at from purchases
    union all
    select person_id, 6 as stage_rank, ordered_at as occurred_at from purchases
    union all
    select person_id, 7 as stage_rank, answered_at as occurred_at
    from {{ ref('int_recommendations') }}
    where {{ is_promoter('score') }} and {{ is_touched('person_id') }}

),

step_1 as (

    select
        person_id,
        cast(null as timestamp) as previous_at,
        min(occurred_at) as reached_at,
        min(occurred_at) as anchor_at
    from {{ ref('int_activities') }}
    where {{ is_touched('person_id') }}
    group by person_id

),

{% for rank in range(2, 8) %}
step_{{ rank }} as (

    {{ funnel_step('step_' ~ (rank - 1), rank, is_repeat=(rank == 6)) }}

),

{% endfor %}
reached as (

    {% for rank in range(1, 8) %}
    select person_id, {{ rank }} as stage_rank, previous_at, reached_at
    from step_{{ rank }}
    where reached_at is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    reached.person_id,
    reached.stage_rank,
    cast(date_trunc('month', {{ business_date('step_1.reached_at') }}) as date) as cohort_month,
    reached.reached_at,
    {{ days_between('reached.previous_at', 'reached.reached_at') }}
        as days_from_previous
from reached
inner join step_1
    on reached.person_id = step_1.person_id
