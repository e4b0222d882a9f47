{{ config(materialized='incremental') }}

with orders as (

    select
        source,
        order_id,
        min(ordered_at) as ordered_at,
        min(order_date) as order_date,
        min(person_id) as person_id,
        min(customer_id) as customer_id,
        min(currency) as currency,
        min(country) as country,
        count(*) as line_count,
        sum(quantity) as quantity,
        cast(sum(line_amount) as decimal(18, 4)) as order_amount,
        cast(sum(discount_amount + order_discount_amount) as decimal(18, 4)) as discount_amount,
        cast(sum(refunded_amount) as decimal(18, 4)) as refunded_amount,
        bool_or(is_cancelled) as is_cancelled
    from {{ ref('int_order_lines') }}
    where not is_removed
    group by source, order_id

),

numbered as (

    select
        source,
        order_id,
        row_number() over (partition by person_id order by ordered_at, source, order_id)
            as purchase_number
    from orders
    where
        person_id is not null
        and ordered_at is not null
        and not is_cancelled
        and order_amount > 0

)

select
    orders.source,
    orders.order_id,
    orders.ordered_at,
    orders.order_date,
    orders.person_id,
    orders.customer_id,
    orders.currency,
    orders.country,
    orders.line_count,
    orders.quantity,
    orders.order_amount,
    orders.discount_amount,
    orders.refunded_amount,
    orders.is_cancelled,
    numbered.purchase_number
from orders
left join numbered
    on orders.source = numbered.source
    and orders.order_id = numbered.order_id
