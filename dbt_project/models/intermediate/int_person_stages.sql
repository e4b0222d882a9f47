with visits as (

    select
        visitors.person_id,
        min(sessions.started_at) as first_visit_at,
        min(
            case
                when {{ is_engaged_session(
                    'sessions.duration_seconds', 'sessions.page_view_count', 'sessions.key_event_count'
                ) }} then sessions.started_at
            end
        ) as first_engaged_at,
        min(case when sessions.has_lead_event then sessions.started_at end) as first_lead_at
    from {{ ref('int_sessions') }} as sessions
    inner join {{ ref('int_visitors') }} as visitors
        on sessions.visitor_id = visitors.visitor_id
    group by visitors.person_id

)

select
    coalesce(visits.person_id, customers.person_id) as person_id,
    visits.first_visit_at,
    visits.first_engaged_at,
    visits.first_lead_at,
    customers.first_order_at,
    customers.second_order_at
from visits
full outer join {{ ref('int_customers') }} as customers
    on visits.person_id = customers.person_id
