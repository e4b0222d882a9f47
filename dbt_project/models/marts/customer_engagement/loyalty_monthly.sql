-- A member stands in a month with the balance and the tier that the newest entry until its end gave.
with entries as (

    select
        person_id,
        {{ month_of('entry_date') }} as month,
        entry_type,
        points,
        reward_type,
        balance_points,
        tier,
        row_number() over (
            partition by person_id, {{ month_of('entry_date') }} order by entry_number desc
        ) as age
    from {{ ref('int_loyalty_entries') }}

),

flows as (

    select
        person_id,
        month,
        min(case when entry_type = 'join' then 1 end) as joined,
        min(case when entry_type in ('earn', 'redeem') then 1 end) as took_part,
        sum(case when entry_type = 'earn' then points else 0 end) as earned_points,
        sum(case when entry_type = 'redeem' then -points else 0 end) as redeemed_points,
        sum(case when entry_type = 'redeem' and reward_type = 'experience' then -points else 0 end)
            as redeemed_for_experience_points,
        sum(case when entry_type = 'expire' then -points else 0 end) as expired_points,
        sum(case when entry_type in ('earn', 'redeem', 'expire') then 0 else points end)
            as adjusted_points
    from entries
    group by person_id, month

),

states as (

    select
        person_id,
        month,
        balance_points,
        tier,
        lead(month) over (partition by person_id order by month) as next_month
    from entries
    where age = 1

),

bounds as (

    select
        min(states.month) as first_date,
        max(ends.newest_date) as last_date
    from states
    cross join {{ ref('int_data_end') }} as ends

),

months as (

    {{ every('month', 'bounds') }}

),

counted as (

    select
        months.month,
        states.tier,
        count(*) as member_count,
        count(flows.joined) as joined_count,
        count(flows.took_part) as active_member_count,
        {% for flow in ['earned', 'redeemed', 'redeemed_for_experience', 'expired', 'adjusted'] -%}
        cast(coalesce(sum(flows.{{ flow }}_points), 0) as decimal(18, 4)) as {{ flow }}_points,
        {% endfor -%}
        cast(sum(states.balance_points) as decimal(18, 4)) as balance_points
    from months
    inner join states
        on months.month >= states.month
        and (states.next_month is null or months.month < states.next_month)
    left join flows
        on states.person_id = flows.person_id
        and months.month = flows.month
    group by months.month, states.tier

)

select
    counted.month,
    counted.tier,
    cast(tiers.tier_rank as bigint) as tier_rank,
    tiers.is_invite_only,
    counted.member_count,
    {{ rate_pct('counted.member_count', 'sum(counted.member_count) over (partition by counted.month)') }}
        as share_of_members_pct,
    counted.joined_count,
    counted.active_member_count,
    {{ rate_pct('counted.active_member_count', 'counted.member_count') }} as active_member_pct,
    counted.earned_points,
    counted.redeemed_points,
    counted.redeemed_for_experience_points,
    counted.expired_points,
    counted.adjusted_points,
    counted.balance_points,
    {{ rate_pct('counted.redeemed_points', 'counted.earned_points') }} as redemption_rate_pct
from counted
left join {{ ref('loyalty_tiers') }} as tiers
    on counted.tier = tiers.tier
