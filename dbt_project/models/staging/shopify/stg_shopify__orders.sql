-- The order's own columns stand on its first line only.
with order_headers as (

    select
        order_name,
        max(created_at) as created_at,
        max(cancelled_at) as cancelled_at,
        max(financial_status) as financial_status,
        max(email) as email,
        max(currency) as currency,
        max(country) as country
    from {{ source('shopify', 'orders') }}
    where not _is_removed
    group by order_name

),

-- The same order counts once: the API's says more.
api_orders as (

    select
        order_name,
        max(case when _is_removed then 0 else 1 end) as order_count,
        max(_changed_in) as changed_in
    from {{ source('shopify', 'api_orders') }}
    group by order_name

),

order_lines as (

    select
        order_name,
        line_number,
        product_id,
        product_name,
        quantity,
        unit_price,
        line_discount_amount,
        discount_amount,
        refunded_amount,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('shopify', 'orders') }}

)

select
    'shopify' as source,
    order_lines.order_name as order_id,
    order_lines.line_number,
    order_headers.created_at as ordered_at,
    cast(null as string) as customer_id,
    order_headers.email,
    order_lines.product_id,
    order_lines.product_name,
    order_lines.quantity,
    order_lines.unit_price,
    coalesce(order_lines.line_discount_amount, 0) as discount_amount,
    coalesce(order_lines.discount_amount, 0) as order_discount_amount,
    coalesce(order_lines.refunded_amount, 0) as refunded_amount,
    order_headers.currency,
    order_headers.country,
    cast(null as string) as order_status,
    order_headers.cancelled_at is not null
    or coalesce(lower(order_headers.financial_status) = 'voided', false) as is_cancelled,
    order_lines.batch_id,
    order_lines.is_repeat,
    greatest(order_lines.changed_in, coalesce(api_orders.changed_in, 0)) as changed_in,
    order_lines.is_removed or coalesce(api_orders.order_count, 0) > 0 as is_removed
from order_lines
left join order_headers on order_lines.order_name = order_headers.order_name
left join api_orders on order_lines.order_name = api_orders.order_name
