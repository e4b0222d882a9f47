{{ config(materialized='incremental') }}

select
    source,
    order_id,
    ordered_at,
    order_date,
    person_id,
    customer_id,
    purchase_number,
    line_count,
    cast(quantity as decimal(18, 4)) as quantity,
    order_amount,
    discount_amount,
    refunded_amount,
    cast(
        {{ net_order_amount(
            order_kind('is_cancelled', 'order_amount'), 'order_amount', 'discount_amount',
            'refunded_amount'
        ) }} as decimal(18, 4)
    ) as net_amount,
    currency,
    country,
    is_cancelled
from {{ ref('int_orders') }}
