{% set columns = [
    'order_id', 'status', 'currency', 'ordered_at', 'customer_id', 'email', 'country', '_batch_id',
    '_is_repeat', '_changed_in', '_is_removed'
] %}
with order_lines as (

    {{ unnest_json(source('woocommerce', 'orders'), columns, 'lines', {
        'product_name': 'name', 'product_number': 'product_id', 'sku': 'sku',
        'quantity_text': 'quantity', 'subtotal_text': 'subtotal', 'total_text': 'total'
    }) }}

),

-- Refunds stand beside the order as negative totals.
members as (

    {{ unnest_json(
        source('woocommerce', 'orders'), ['order_id', '_is_removed'], 'refunds', {'total': 'total'}
    ) }}

),

refunds as (

    select
        order_id,
        -sum(try_cast(total as decimal(18, 4))) as refunded_amount
    from members
    where not _is_removed
    group by order_id

),

amounts as (

    select
        {{ columns | join(', ') }},
        item_number,
        product_name,
        coalesce(nullif(sku, ''), product_number) as product_id,
        try_cast(quantity_text as decimal(18, 4)) as quantity,
        try_cast(subtotal_text as decimal(18, 4)) as subtotal_amount,
        try_cast(total_text as decimal(18, 4)) as total_amount
    from order_lines

)

select
    'woocommerce' as source,
    amounts.order_id,
    cast(amounts.item_number as bigint) as line_number,
    amounts.ordered_at,
    amounts.customer_id,
    amounts.email,
    amounts.product_id,
    amounts.product_name,
    amounts.quantity,
    cast(amounts.subtotal_amount / nullif(amounts.quantity, 0) as decimal(18, 4)) as unit_price,
    cast(amounts.subtotal_amount - amounts.total_amount as decimal(18, 4)) as discount_amount,
    cast(0 as decimal(18, 4)) as order_discount_amount,
    cast(
        case
            when refunds.order_id is null and amounts.status = 'refunded' then amounts.total_amount
            when amounts.item_number = 1 then coalesce(refunds.refunded_amount, 0)
            else 0
        end as decimal(18, 4)
    ) as refunded_amount,
    amounts.currency,
    amounts.country,
    cast(null as string) as order_status,
    amounts.status in ('cancelled', 'failed', 'trash', 'checkout-draft') as is_cancelled,
    amounts._batch_id as batch_id,
    amounts._is_repeat as is_repeat,
    amounts._changed_in as changed_in,
    amounts._is_removed as is_removed
from amounts
left join refunds on amounts.order_id = refunds.order_id
