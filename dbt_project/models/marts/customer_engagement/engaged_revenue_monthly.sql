{#
    Judged twice. `before`: by the level of the last week that ended before the month, among those
    who were customers then. `during`: by the level of the week of the month's last day, among
    those who are customers by then; an order makes points itself, so this one explains revenue in
    part by revenue.
#}
with bounds as (

    select min(order_date) as first_date, max(order_date) as last_date
    from {{ ref('int_order_values') }}
    where purchase_number is not null

),

months as (

    {{ every('month', '(select ' ~ month_of('first_date') ~ ' as first_date, last_date from bounds)') }}

),

judgements as (

    select
        month,
        'before' as level_as_of,
        month as customers_before,
        {{ week_of(later('week', -1, 'month')) }} as week
    from months
    union all
    select
        months.month,
        'during' as level_as_of,
        {{ later('month', 1, 'months.month') }} as customers_before,
        least(
            {{ week_of(later('day', -1, later('month', 1, 'months.month'))) }}, ends.newest_week
        ) as week
    from months
    cross join {{ ref('int_data_end') }} as ends

),

customers as (

    select
        judgements.month,
        judgements.level_as_of,
        judgements.week,
        orders.person_id,
        max(orders.purchase_number) as order_count
    from judgements
    inner join {{ ref('int_order_values') }} as orders
        on orders.order_date < judgements.customers_before
        and orders.purchase_number is not null
    group by judgements.month, judgements.level_as_of, judgements.week, orders.person_id

),

judged as (

    select
        customers.month,
        customers.level_as_of,
        customers.person_id,
        customers.order_count,
        coalesce(weekly.engagement_level, 'low') as engagement_level
    from customers
    left join {{ ref('customer_engagement_weekly') }} as weekly
        on customers.person_id = weekly.person_id
        and customers.week = weekly.week

),

revenue as (

    select person_id, month, sum(base_net_amount) as net_amount
    from {{ ref('int_order_values') }}
    where purchase_number is not null
    group by person_id, month

),

totals as (

    select month, cast(sum(net_amount) as decimal(18, 4)) as net_amount
    from revenue
    group by month

),

groups as (

    select
        judged.month,
        judged.level_as_of,
        count(*) as customer_count,
        {% for name, condition in [
            ('engaged', "judged.engagement_level = 'high'"),
            ('fragile', is_fragile('judged.order_count', 'judged.engagement_level')),
        ] -%}
        sum(case when {{ condition }} then 1 else 0 end) as {{ name }}_customer_count,
        sum(case when {{ condition }} then coalesce(revenue.net_amount, 0) else 0 end)
            as {{ name }}_amount,
        {% endfor -%}
        sum(case when judged.order_count >= 2 then 1 else 0 end) as repeat_customer_count,
        sum(coalesce(revenue.net_amount, 0)) as existing_amount
    from judged
    left join revenue
        on judged.person_id = revenue.person_id
        and judged.month = revenue.month
    group by judged.month, judged.level_as_of

),

filled as (

    select
        judgements.month,
        judgements.level_as_of,
        {% for count in [
            'customer_count', 'engaged_customer_count', 'repeat_customer_count',
            'fragile_customer_count',
        ] -%}
        cast(coalesce(groups.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor -%}
        {% for amount in ['existing_amount', 'engaged_amount', 'fragile_amount'] -%}
        cast(coalesce(groups.{{ amount }}, 0) as decimal(18, 4)) as {{ amount }},
        {% endfor -%}
        coalesce(totals.net_amount, 0) as net_amount
    from judgements
    left join groups
        on judgements.month = groups.month
        and judgements.level_as_of = groups.level_as_of
    left join totals
        on judgements.month = totals.month

)

select
    month,
    level_as_of,
    customer_count,
    engaged_customer_count,
    {{ rate_pct('engaged_customer_count', 'customer_count') }} as engaged_customer_pct,
    net_amount as net_reporting_amount,
    existing_amount as existing_customer_reporting_amount,
    engaged_amount as engaged_customer_reporting_amount,
    {{ rate_pct('engaged_amount', 'net_amount') }} as engaged_share_of_revenue_pct,
    {{ amount_per('engaged_amount', 'engaged_customer_count') }}
        as engaged_per_customer_reporting_amount,
    {{ amount_per('existing_amount', 'customer_count') }}
        as average_per_customer_reporting_amount,
    {{ growth_pct(
        amount_per('engaged_amount', 'engaged_customer_count'),
        amount_per('existing_amount', 'customer_count')
    ) }} as engaged_premium_pct,
    repeat_customer_count,
    fragile_customer_count,
    {{ rate_pct('fragile_customer_count', 'repeat_customer_count') }} as fragile_of_repeat_pct,
    fragile_amount as fragile_customer_reporting_amount
from filled
