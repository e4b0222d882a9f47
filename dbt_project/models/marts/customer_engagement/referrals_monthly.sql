-- Every step counts in the month of the invitation: so the steps of a row are about the same people.
with invitations as (

    select
        {{ month_of('referrals.invited_date') }} as month,
        referrals.person_id,
        referrals.signed_up_at,
        referrals.first_purchase_at,
        referrals.rewarded_at,
        case
            when referrals.invitee_first_order_at >= referrals.invited_at
                then referrals.invitee_id
        end as new_customer_id,
        case
            when referrals.rewarded_at is not null
                then {{ in_base_currency('referrals.reward_amount', 'rates.units_per_base') }}
        end as reward_amount
    from {{ ref('int_referrals') }} as referrals
    left join {{ ref('int_exchange_rates') }} as rates
        on referrals.currency = rates.currency
        and extract(year from referrals.invited_date) >= rates.first_year
        and (
            rates.next_year is null
            or extract(year from referrals.invited_date) < rates.next_year
        )

),

counted as (

    select
        month,
        {{ later('month', 1, 'month') }} as next_month,
        count(*) as invited_count,
        count(distinct person_id) as referrer_count,
        count(signed_up_at) as signed_up_count,
        count(first_purchase_at) as purchased_count,
        count(distinct new_customer_id) as new_customer_count,
        count(rewarded_at) as rewarded_count,
        cast(sum(reward_amount) as decimal(18, 4)) as reward_reporting_amount
    from invitations
    group by month

),

customers as (

    select counted.month, count(first_orders.person_id) as customer_count
    from counted
    left join {{ ref('int_order_values') }} as first_orders
        on first_orders.purchase_number = 1
        and first_orders.order_date < counted.next_month
    group by counted.month

)

select
    counted.month,
    customers.customer_count,
    counted.referrer_count,
    {{ rate_pct('counted.referrer_count', 'customers.customer_count') }} as referrer_pct,
    counted.invited_count,
    counted.signed_up_count,
    {{ rate_pct('counted.signed_up_count', 'counted.invited_count') }} as signed_up_pct,
    counted.purchased_count,
    {{ rate_pct('counted.purchased_count', 'counted.invited_count') }} as purchased_pct,
    counted.new_customer_count,
    counted.rewarded_count,
    counted.reward_reporting_amount,
    {{ k_factor('counted.invited_count', 'counted.purchased_count', 'customers.customer_count') }}
        as k_factor
from counted
inner join customers
    on counted.month = customers.month
