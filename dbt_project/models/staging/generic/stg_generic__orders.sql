with delivered as (

    select * from {{ source('generic', 'orders') }}

),

order_lines as (

    {{ newest_per_key('delivered', ['order_id', 'line_number']) }}

)

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
    currency,
    country,
    {{ is_cancelled_order('order_status', 'order_id') }} as is_cancelled,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from order_lines
