with customers as (

    select
        coalesce(sum(case when cx_level = 'excellent' then customer_count end), 0)
            as excellent_customer_count,
        coalesce(
            sum(case when cx_level = 'excellent' and engagement_level = 'high' then customer_count end),
            0
        ) as excellent_high_count,
        coalesce(sum(case when cx_level <> 'excellent' then customer_count end), 0)
            as other_customer_count,
        coalesce(
            sum(case when cx_level <> 'excellent' and engagement_level = 'high' then customer_count end),
            0
        ) as other_high_count
    from {{ ref('engagement_by_experience') }}

)

select
    'high engagement needs an excellent experience' as claim,
    cast(excellent_customer_count as bigint) as excellent_customer_count,
    cast(excellent_high_count as bigint) as excellent_high_count,
    cast(other_customer_count as bigint) as other_customer_count,
    cast(other_high_count as bigint) as other_high_count,
    {{ rate_pct('excellent_high_count', 'excellent_customer_count') }} as high_of_excellent_pct,
    {{ rate_pct('other_high_count', 'other_customer_count') }} as high_of_others_pct,
    {{ absolute_lift(
        'excellent_high_count', 'excellent_customer_count', 'other_high_count', 'other_customer_count'
    ) }} as difference_points,
    {{ difference_interval(
        'excellent_high_count', 'excellent_customer_count', 'other_high_count', 'other_customer_count',
        'low'
    ) }} as ci_low_points,
    {{ difference_interval(
        'excellent_high_count', 'excellent_customer_count', 'other_high_count', 'other_customer_count',
        'high'
    ) }} as ci_high_points,
    {{ rate_pct('excellent_high_count', 'excellent_high_count + other_high_count') }}
        as excellent_of_high_pct,
    {{ wilson_interval('excellent_high_count', '(excellent_high_count + other_high_count)', 'low') }}
        as excellent_of_high_ci_low,
    {{ wilson_interval('excellent_high_count', '(excellent_high_count + other_high_count)', 'high') }}
        as excellent_of_high_ci_high
from customers
