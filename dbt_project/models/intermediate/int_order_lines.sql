{{ config(materialized='view') }}

select
    order_lines.source,
    order_lines.order_id,
    order_lines.line_number,
    order_lines.ordered_at,
    {{ business_date('order_lines.ordered_at') }} as order_date,
    {{ person_id('order_lines.email', 'order_lines.customer_id') }} as person_id,
    order_lines.customer_id,
    order_lines.email,
    order_lines.product_id,
    order_lines.product_name,
    order_lines.quantity,
    order_lines.unit_price,
    order_lines.discount_amount,
    order_lines.order_discount_amount,
    order_lines.refunded_amount,
    cast(
        cast(order_lines.quantity as decimal(20, 4)) * order_lines.unit_price as decimal(18, 4)
    ) as line_amount,
    order_lines.currency,
    order_lines.country,
    order_lines.is_cancelled,
    order_lines.is_repeat as is_duplicate,
    order_lines.batch_id,
    order_lines.changed_in,
    order_lines.is_removed
from {{ ref('int_all_order_lines') }} as order_lines
{{ person_joins('order_lines.email', 'order_lines.customer_id') }}
