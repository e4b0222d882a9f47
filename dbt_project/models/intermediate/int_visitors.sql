-- A visitor is known from the first event that names a customer, an e-mail or an order.
with named as (

    select
        web_events.visitor_id,
        web_events.occurred_at,
        web_events.event_id,
        coalesce(
            {{ person_id('web_events.email', 'web_events.customer_id') }},
            orders.person_id
        ) as person_id
    from {{ ref('int_web_events') }} as web_events
    {{ person_joins('web_events.email', 'web_events.customer_id') }}
    left join (
        select order_id, min(person_id) as person_id
        from {{ ref('int_orders') }}
        group by order_id
    ) as orders
        on web_events.order_id = orders.order_id
    where coalesce(web_events.email, web_events.customer_id, web_events.order_id) is not null

),

first_named as (

    select
        visitor_id,
        person_id,
        row_number() over (partition by visitor_id order by occurred_at, event_id, person_id)
            as position
    from named
    where visitor_id is not null and person_id is not null

),

visitors as (

    select visitor_id, min(occurred_at) as first_seen_at
    from {{ ref('int_web_events') }}
    where visitor_id is not null
    group by visitor_id

)

select
    visitors.visitor_id,
    coalesce(first_named.person_id, 'visitor-' || visitors.visitor_id) as person_id,
    visitors.first_seen_at
from visitors
left join first_named
    on visitors.visitor_id = first_named.visitor_id
    and first_named.position = 1
