{% set columns = [
    'order_id', 'order_name', 'created_at', 'cancelled_at', 'financial_status', 'currency',
    'total_amount', 'current_total_amount', 'discount_amount', 'customer_id', 'email', 'country',
    'refunds', '_batch_id', '_is_repeat', '_changed_in', '_is_removed'
] %}
with order_lines as (

    {{ unnest_json(source('shopify', 'api_orders'), columns, 'lines', {
        'title': 'title', 'product_number': 'product_id', 'sku': 'sku',
        'quantity_text': 'quantity', 'price_text': 'price', 'discount_text': 'total_discount'
    }) }}

),

refunds as (

    {{ unnest_json(
        source('shopify', 'api_orders'), ['order_id', '_is_removed'], 'refunds',
        {'transactions': 'transactions'}
    ) }}

),

transactions as (

    {{ unnest_json('refunds', ['order_id', '_is_removed'], 'transactions', {
        'kind': 'kind', 'status': 'status', 'amount': 'amount'
    }) }}

),

paid_back as (

    select
        order_id,
        sum(try_cast(amount as decimal(18, 4))) as refunded_amount
    from transactions
    where not _is_removed and kind = 'refund' and status = 'success'
    group by order_id

),

amounts as (

    select
        {{ columns | join(', ') }},
        item_number,
        title,
        coalesce(nullif(sku, ''), product_number) as product_id,
        try_cast(quantity_text as decimal(18, 4)) as quantity,
        try_cast(price_text as decimal(18, 4)) as unit_price,
        coalesce(try_cast(discount_text as decimal(18, 4)), 0) as line_discount_amount
    from order_lines

),

-- What was taken off the order and not off one of its lines.
order_discounts as (

    select
        order_id,
        max(coalesce(discount_amount, 0)) - sum(line_discount_amount) as discount_amount
    from amounts
    where not _is_removed
    group by order_id

)

select
    'shopify' as source,
    amounts.order_name as order_id,
    cast(amounts.item_number as bigint) as line_number,
    amounts.created_at as ordered_at,
    amounts.customer_id,
    amounts.email,
    amounts.product_id,
    amounts.title as product_name,
    amounts.quantity,
    amounts.unit_price,
    cast(amounts.line_discount_amount as decimal(18, 4)) as discount_amount,
    cast(
        case
            when amounts.item_number = 1
                then greatest(coalesce(order_discounts.discount_amount, 0), 0)
            else 0
        end as decimal(18, 4)
    ) as order_discount_amount,
    cast(
        case
            when amounts.item_number > 1 then 0
            when amounts.refunds is not null then coalesce(paid_back.refunded_amount, 0)
            else coalesce(amounts.total_amount - amounts.current_total_amount, 0)
        end as decimal(18, 4)
    ) as refunded_amount,
    amounts.currency,
    amounts.country,
    cast(null as string) as order_status,
    amounts.cancelled_at is not null
    or coalesce(amounts.financial_status = 'voided', false) as is_cancelled,
    amounts._batch_id as batch_id,
    amounts._is_repeat as is_repeat,
    amounts._changed_in as changed_in,
    amounts._is_removed as is_removed
from amounts
left join order_discounts on amounts.order_id = order_discounts.order_id
left join paid_back on amounts.order_id = paid_back.order_id
