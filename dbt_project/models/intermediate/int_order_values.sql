-- What each order came to, in its currency and in the base currency by the rate of its year.
with orders as (

    select
        source,
        order_id,
        person_id,
        order_date,
        {{ month_of('order_date') }} as month,
        purchase_number,
        coalesce(currency, 'unknown') as currency,
        {{ order_kind('is_cancelled', 'order_amount') }} as order_kind,
        order_amount,
        discount_amount,
        refunded_amount
    from {{ ref('int_orders') }}
    where order_date is not null

),

valued as (

    select
        source,
        order_id,
        person_id,
        order_date,
        month,
        purchase_number,
        currency,
        order_kind,
        order_amount,
        discount_amount,
        refunded_amount,
        cast(
            {{ refunded_merchandise(
                'order_kind', 'order_amount', 'discount_amount', 'refunded_amount'
            ) }} as decimal(18, 4)
        ) as refunded_merchandise_amount,
        cast(
            {{ net_order_amount(
                'order_kind', 'order_amount', 'discount_amount', 'refunded_amount'
            ) }} as decimal(18, 4)
        ) as net_amount
    from orders

)

select
    valued.source,
    valued.order_id,
    valued.person_id,
    valued.order_date,
    valued.month,
    valued.purchase_number,
    valued.currency,
    valued.order_kind,
    valued.order_amount,
    valued.discount_amount,
    valued.refunded_amount,
    valued.refunded_merchandise_amount,
    valued.net_amount,
    rates.base_currency,
    rates.units_per_base,
    rates.first_year as rate_year,
    {{ in_base_currency('valued.order_amount', 'rates.units_per_base') }} as base_order_amount,
    {{ in_base_currency('valued.net_amount', 'rates.units_per_base') }} as base_net_amount
from valued
left join {{ ref('int_exchange_rates') }} as rates
    on valued.currency = rates.currency
    and extract(year from valued.order_date) >= rates.first_year
    and (rates.next_year is null or extract(year from valued.order_date) < rates.next_year)
