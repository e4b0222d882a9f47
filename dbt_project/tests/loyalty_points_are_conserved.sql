-- Balance = balance of the month before + earned - redeemed - expired + adjusted, all tiers together
with months as (

    select
        month,
        sum(balance_points) as balance_points,
        sum(earned_points - redeemed_points - expired_points + adjusted_points) as change_points
    from {{ ref('loyalty_monthly') }}
    group by month

),

compared as (

    select
        month,
        balance_points,
        change_points,
        coalesce(lag(balance_points) over (order by month), 0) as previous_balance_points
    from months

)

select
    month,
    balance_points,
    change_points,
    previous_balance_points
from compared
where previous_balance_points + change_points <> balance_points
