with customers as (

    select
        customers.engagement_level,
        experience.cx_level,
        customers.is_repeat,
        customers.net_reporting_amount
    from {{ ref('customers_current') }} as customers
    inner join {{ ref('int_newest_experience') }} as experience
        on customers.person_id = experience.person_id

),

cells as (

    select
        engagement.level as engagement_level,
        experience.level as cx_level
    from {{ ref('engagement_levels') }} as engagement
    cross join {{ ref('person_cx_levels') }} as experience
    where engagement.metric = 'customer_engagement_score'

),

counted as (

    select
        cells.engagement_level,
        cells.cx_level,
        count(customers.engagement_level) as customer_count,
        cast(sum(case when customers.is_repeat then 1 else 0 end) as bigint)
            as repeat_customer_count,
        cast(coalesce(sum(customers.net_reporting_amount), 0) as decimal(18, 4))
            as net_reporting_amount
    from cells
    left join customers
        on cells.engagement_level = customers.engagement_level
        and cells.cx_level = customers.cx_level
    group by cells.engagement_level, cells.cx_level

)

select
    engagement_level,
    cx_level,
    customer_count,
    {{ rate_pct('customer_count', 'sum(customer_count) over ()') }} as share_of_customers_pct,
    repeat_customer_count,
    {{ rate_pct('repeat_customer_count', 'customer_count') }} as repeat_pct,
    {{ wilson_interval('repeat_customer_count', 'customer_count', 'low') }} as repeat_ci_low,
    {{ wilson_interval('repeat_customer_count', 'customer_count', 'high') }} as repeat_ci_high,
    net_reporting_amount,
    cast(net_reporting_amount / nullif(customer_count, 0) as double)
        as net_per_customer_reporting_amount
from counted
