-- What is missing in a month is 0: every month from the first to the newest order of a currency has a row.
with orders as (

    select
        currency,
        month,
        sum(case when order_kind = 'order' then 1 else 0 end) as order_count,
        sum(case when order_kind = 'cancelled' then 1 else 0 end) as cancelled_order_count,
        sum(case when order_kind = 'credit note' then 1 else 0 end) as credit_note_count,
        sum(case when order_kind = 'order' and refunded_amount > 0 then 1 else 0 end)
            as refunded_order_count,
        sum(case when purchase_number > 1 then 1 else 0 end) as repeat_order_count,
        sum(case when order_kind = 'order' then order_amount else 0 end) as gross_amount,
        sum(case when order_kind = 'order' then discount_amount else 0 end) as discount_amount,
        sum(case when order_kind = 'order' then refunded_amount else 0 end) as refunded_amount,
        sum(refunded_merchandise_amount) as refunded_merchandise_amount,
        sum(
            case when order_kind = 'cancelled' then order_amount - discount_amount else 0 end
        ) as cancelled_amount,
        sum(case when order_kind = 'credit note' then -order_amount else 0 end)
            as credited_amount,
        sum(case when order_kind = 'adjustment' then order_amount else 0 end)
            as adjustment_amount,
        sum(net_amount) as net_amount,
        sum(case when order_kind = 'order' then base_order_amount else 0 * base_order_amount end)
            as base_gross_amount,
        sum(base_net_amount) as base_net_amount,
        min(base_currency) as base_currency,
        min(units_per_base) as units_per_base,
        min(rate_year) as rate_year
    from {{ ref('int_order_values') }}
    group by currency, month

),

person_months as (

    select
        currency,
        month,
        person_id,
        min(purchase_number) as first_number,
        max(purchase_number) as last_number
    from {{ ref('int_order_values') }}
    where purchase_number is not null
    group by currency, month, person_id

),

repeat_customers as (

    select person_id
    from {{ ref('int_order_values') }}
    where purchase_number = 2

),

customers as (

    select
        person_months.currency,
        person_months.month,
        count(*) as customer_count,
        sum(case when person_months.last_number > 1 then 1 else 0 end) as returning_customer_count,
        sum(case when person_months.first_number = 1 then 1 else 0 end) as new_customer_count,
        sum(
            case
                when person_months.first_number = 1 and repeat_customers.person_id is not null then 1
                else 0
            end
        ) as new_customer_with_repeat_count
    from person_months
    left join repeat_customers
        on person_months.person_id = repeat_customers.person_id
    group by person_months.currency, person_months.month

),

bounds as (

    select currency, min(month) as first_date, max(month) as last_date
    from orders
    group by currency

),

months as (

    {{ every('month', '(select min(first_date) as first_date, max(last_date) as last_date from bounds)') }}

),

filled as (

    select
        bounds.currency,
        months.month,
        {% for count in [
            'order_count', 'cancelled_order_count', 'credit_note_count', 'refunded_order_count',
            'repeat_order_count',
        ] -%}
        cast(coalesce(orders.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor -%}
        {% for count in [
            'customer_count', 'returning_customer_count', 'new_customer_count',
            'new_customer_with_repeat_count',
        ] -%}
        cast(coalesce(customers.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor -%}
        {% for amount in [
            'gross_amount', 'discount_amount', 'refunded_amount', 'refunded_merchandise_amount',
            'cancelled_amount', 'credited_amount', 'adjustment_amount', 'net_amount',
        ] -%}
        cast(coalesce(orders.{{ amount }}, 0) as decimal(18, 4)) as {{ amount }},
        {% endfor -%}
        orders.base_currency,
        cast(orders.rate_year as bigint) as rate_year,
        cast(orders.units_per_base as double) as units_per_base,
        cast(orders.base_gross_amount as decimal(18, 4)) as base_gross_amount,
        cast(orders.base_net_amount as decimal(18, 4)) as base_net_amount
    from bounds
    inner join months
        on months.month >= bounds.first_date
        and months.month <= bounds.last_date
    left join orders
        on bounds.currency = orders.currency
        and months.month = orders.month
    left join customers
        on bounds.currency = customers.currency
        and months.month = customers.month

),

compared as (

    select
        currency,
        month,
        lag(net_amount) over (partition by currency order by month) as previous_net_amount,
        lag(repeat_order_count) over (partition by currency order by month)
            as previous_repeat_order_count
    from filled

)

select
    filled.month,
    filled.currency,
    filled.order_count,
    filled.cancelled_order_count,
    filled.credit_note_count,
    filled.refunded_order_count,
    filled.repeat_order_count,
    filled.customer_count,
    filled.gross_amount,
    filled.discount_amount,
    filled.refunded_merchandise_amount,
    filled.credited_amount,
    filled.adjustment_amount,
    filled.net_amount,
    filled.cancelled_amount,
    filled.refunded_amount,
    {{ amount_per('filled.gross_amount', 'filled.order_count') }} as aov_gross_amount,
    {{ amount_per('filled.net_amount', 'filled.order_count') }} as aov_net_amount,
    filled.base_currency as reporting_currency,
    filled.rate_year,
    filled.units_per_base as units_per_reporting_unit,
    filled.base_gross_amount as gross_reporting_amount,
    filled.base_net_amount as net_reporting_amount,
    {{ amount_per('filled.base_gross_amount', 'filled.order_count') }}
        as aov_gross_reporting_amount,
    {{ amount_per('filled.base_net_amount', 'filled.order_count') }}
        as aov_net_reporting_amount,
    {{ rate_pct('filled.cancelled_order_count', 'filled.order_count + filled.cancelled_order_count') }}
        as cancelled_order_pct,
    {{ rate_pct('filled.refunded_order_count', 'filled.order_count') }} as refunded_order_pct,
    filled.new_customer_count,
    filled.new_customer_with_repeat_count,
    {{ rate_pct('filled.new_customer_with_repeat_count', 'filled.new_customer_count') }}
        as repeat_purchase_rate_cohort_pct,
    filled.returning_customer_count,
    {{ rate_pct('filled.returning_customer_count', 'filled.customer_count') }}
        as repeat_purchase_rate_period_pct,
    {{ growth_pct('filled.net_amount', 'compared.previous_net_amount') }} as net_growth_pct,
    {{ growth_pct('filled.repeat_order_count', 'compared.previous_repeat_order_count') }}
        as repeat_order_growth_pct
from filled
inner join compared
    on filled.currency = compared.currency
    and filled.month = compared.month
