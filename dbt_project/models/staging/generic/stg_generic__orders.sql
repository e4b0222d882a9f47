select
    'generic' as source,
    order_id,
    line_number,
    ordered_at,
    customer_id,
    email,
    product_id,
    product_name,
    quantity,
    unit_price,
    coalesce(discount_amount, 0) as discount_amount,
    cast(0 as decimal(18, 4)) as order_discount_amount,
    {{ refund_of_line(
        'refunded_amount', 'order_status', 'quantity', 'unit_price', 'discount_amount'
    ) }} as refunded_amount,
    currency,
    country,
    order_status,
    {{ is_cancelled_order('order_status', 'order_id') }} as is_cancelled,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'orders') }}
