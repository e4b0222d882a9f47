-- A visitor is the person named by the first customer id, e-mail or order seen with it.
{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_sessions'), 'visitor_id') }}
    union all
    {{ changed_rows(ref('int_visitor_identifiers'), 'visitor_id') }}
    {% for type, model, key in [
        ('customer', ref('int_customer_ids'), 'customer_id'),
        ('email', ref('int_emails'), 'email'),
        ('order', ref('int_orders'), 'order_id'),
    ] %}
    union all
    select visitor_id
    from {{ ref('int_visitor_identifiers') }}
    where
        identifier_type = '{{ type }}'
        and identifier in ({{ changed_rows(model, key) }})
    {% endfor %}
{% endset %}
{{ rebuild_only(touched) }}

with identifiers as (

    select
        visitor_id,
        first_at,
        identifier_type,
        case when identifier_type = 'customer' then identifier end as customer_id,
        case when identifier_type = 'email' then identifier end as email,
        case when identifier_type = 'order' then identifier end as order_id
    from {{ ref('int_visitor_identifiers') }}
    where {{ is_touched('visitor_id') }}

),

order_persons as (

    select order_id, min(person_id) as person_id
    from {{ ref('int_orders') }}
    group by order_id

),

named as (

    select
        identifiers.visitor_id,
        identifiers.first_at,
        identifiers.identifier_type,
        coalesce(
            {{ person_id('identifiers.email', 'identifiers.customer_id') }},
            order_persons.person_id
        ) as person_id
    from identifiers
    {{ person_joins('identifiers.email', 'identifiers.customer_id') }}
    left join order_persons
        on identifiers.order_id = order_persons.order_id

),

-- Of what one event says, a customer id counts before an e-mail and that before an order.
first_named as (

    select
        visitor_id,
        person_id,
        row_number() over (
            partition by visitor_id order by first_at, identifier_type, person_id
        ) as position
    from named
    where person_id is not null

),

visits as (

    select
        visitor_id,
        min(started_at) as first_visit_at,
        min(
            case
                when {{ is_engaged_session('duration_seconds', 'page_view_count', 'key_event_count') }}
                    then started_at
            end
        ) as first_engaged_at,
        min(case when has_lead_event then started_at end) as first_lead_at
    from {{ ref('int_sessions') }}
    where {{ is_touched('visitor_id') }}
    group by visitor_id

)

select
    visits.visitor_id,
    coalesce(first_named.person_id, 'visitor-' || visits.visitor_id) as person_id,
    visits.first_visit_at,
    visits.first_engaged_at,
    visits.first_lead_at
from visits
left join first_named
    on visits.visitor_id = first_named.visitor_id
    and first_named.position = 1
