with used as (

    select
        days.person_id,
        {{ month_of('days.activity_date') }} as month,
        days.channel
    from {{ ref('int_customer_days') }} as days
    group by days.person_id, {{ month_of('days.activity_date') }}, days.channel

),

person_months as (

    select
        used.person_id,
        used.month,
        sum(case when roles.is_own_channel then 1 else 0 end) as channel_count
    from used
    left join {{ ref('channel_roles') }} as roles
        on used.channel = roles.channel
    group by used.person_id, used.month

),

revenue as (

    select person_id, month, sum(base_net_amount) as net_amount
    from {{ ref('int_order_values') }}
    where purchase_number is not null
    group by person_id, month

),

counted as (

    select
        person_months.month,
        person_months.channel_count,
        count(*) as customer_count,
        count(revenue.person_id) as buyer_count,
        cast(coalesce(sum(revenue.net_amount), 0) as decimal(18, 4)) as net_reporting_amount
    from person_months
    left join revenue
        on person_months.person_id = revenue.person_id
        and person_months.month = revenue.month
    group by person_months.month, person_months.channel_count

)

select
    month,
    cast(channel_count as bigint) as channel_count,
    channel_count >= {{ parameter('omnichannel_min_channels') }} as is_omnichannel,
    customer_count,
    {{ rate_pct('customer_count', 'sum(customer_count) over (partition by month)') }}
        as share_of_customers_pct,
    buyer_count,
    {{ rate_pct('buyer_count', 'customer_count') }} as buyer_pct,
    net_reporting_amount,
    {{ amount_per('net_reporting_amount', 'customer_count') }}
        as net_per_customer_reporting_amount
from counted
