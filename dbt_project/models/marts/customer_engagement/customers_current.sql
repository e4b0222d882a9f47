with orders as (

    select
        person_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as order_count,
        cast(sum(base_order_amount) as decimal(18, 4)) as gross_amount,
        cast(sum(base_net_amount) as decimal(18, 4)) as net_amount
    from {{ ref('int_order_values') }}
    where purchase_number is not null
    group by person_id

),

active_weeks as (

    select
        person_id,
        week,
        lag(week) over (partition by person_id order by week) as active_before,
        row_number() over (partition by person_id order by week desc) as age
    from {{ ref('int_customer_weeks') }}

),

channels_used as (

    select days.person_id, days.channel
    from {{ ref('int_customer_days') }} as days
    inner join {{ ref('channel_roles') }} as roles
        on days.channel = roles.channel
        and roles.is_own_channel
    group by days.person_id, days.channel

),

channels as (

    select
        person_id,
        count(*) as channel_count,
        {{ dbt.listagg('channel', "', '", 'order by channel') }} as channels
    from channels_used
    group by person_id

),

activities as (

    select
        person_id,
        max(activity_date) as last_activity_date,
        {% for type in ['review', 'referral'] -%}
        sum(case when activity_type = '{{ type }}' then activity_count else 0 end)
            as {{ type }}_count,
        {% endfor -%}
        sum(case when activity_type like 'participation%' then activity_count else 0 end)
            as participation_count
    from {{ ref('int_customer_days') }}
    group by person_id

)

select
    orders.person_id,
    orders.first_order_date,
    orders.last_order_date,
    orders.order_count,
    orders.gross_amount as gross_reporting_amount,
    orders.net_amount as net_reporting_amount,
    ends.newest_week as as_of_week,
    activities.last_activity_date,
    case
        when active_weeks.week = ends.newest_week
            then {{ lifecycle_state('active_weeks.active_before', later('week', -1, 'active_weeks.week')) }}
        when active_weeks.week = {{ later('week', -1, 'ends.newest_week') }} then 'dormant'
        else 'inactive'
    end as lifecycle_state,
    coalesce(weekly.score, 0) as score,
    coalesce(weekly.engagement_level, 'low') as engagement_level,
    weekly.trend_4_weeks,
    weekly.trend_12_weeks,
    cast(coalesce(channels.channel_count, 0) as bigint) as channel_count,
    channels.channels,
    coalesce(channels.channel_count, 0) >= {{ parameter('omnichannel_min_channels') }}
        as is_omnichannel,
    orders.order_count >= 2 as is_repeat,
    {{ is_fragile('orders.order_count', "coalesce(weekly.engagement_level, 'low')") }} as is_fragile,
    loyalty.tier as loyalty_tier,
    tiers.is_invite_only as is_loyalty_tier_invite_only,
    loyalty.balance_points as points_balance,
    cast(coalesce(activities.review_count, 0) as bigint) as review_count,
    cast(coalesce(activities.referral_count, 0) as bigint) as referral_count,
    cast(coalesce(activities.participation_count, 0) as bigint) as participation_count
from orders
cross join {{ ref('int_data_end') }} as ends
left join activities
    on orders.person_id = activities.person_id
left join active_weeks
    on orders.person_id = active_weeks.person_id
    and active_weeks.age = 1
left join {{ ref('customer_engagement_weekly') }} as weekly
    on orders.person_id = weekly.person_id
    and weekly.week = ends.newest_week
left join channels
    on orders.person_id = channels.person_id
left join {{ ref('int_loyalty_entries') }} as loyalty
    on orders.person_id = loyalty.person_id
    and loyalty.is_newest
left join {{ ref('loyalty_tiers') }} as tiers
    on loyalty.tier = tiers.tier
