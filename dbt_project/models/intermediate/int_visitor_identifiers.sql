{{ config(materialized='incremental') }}
{% set touched %}
    select visitor_id from {{ ref('int_web_events') }} as events where {{ is_changed('events') }}
{% endset %}
{{ rebuild_only(touched) }}

with named as (

    select
        visitor_id,
        customer_id,
        email,
        order_id,
        min(occurred_at) as first_at
    from {{ ref('int_web_events') }}
    where
        coalesce(customer_id, email, order_id) is not null
        and visitor_id is not null
        and not is_removed
        and {{ is_touched('visitor_id') }}
    group by visitor_id, customer_id, email, order_id

),

identifiers as (

    select visitor_id, 'customer' as identifier_type, customer_id as identifier, first_at
    from named
    union all
    select visitor_id, 'email' as identifier_type, email as identifier, first_at
    from named
    union all
    select visitor_id, 'order' as identifier_type, order_id as identifier, first_at
    from named

)

select
    visitor_id,
    identifier_type,
    identifier,
    min(first_at) as first_at
from identifiers
where identifier is not null
group by visitor_id, identifier_type, identifier
