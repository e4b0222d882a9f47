-- A charge has no lines: it is an order of one. Test mode is left out by the contract, and here where a
-- copy of it does not say so.
select
    'stripe' as source,
    charge_id as order_id,
    cast(1 as bigint) as line_number,
    charged_at as ordered_at,
    customer_id,
    email,
    cast(null as string) as product_id,
    product_name,
    cast(1 as decimal(18, 4)) as quantity,
    {{ in_major_unit('amount_minor', 'currency') }} as unit_price,
    cast(0 as decimal(18, 4)) as discount_amount,
    cast(0 as decimal(18, 4)) as order_discount_amount,
    coalesce({{ in_major_unit('refunded_minor', 'currency') }}, 0) as refunded_amount,
    upper(currency) as currency,
    country,
    cast(null as string) as order_status,
    status <> 'succeeded' as is_cancelled,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('stripe', 'charges') }}
where coalesce(is_live, true)
