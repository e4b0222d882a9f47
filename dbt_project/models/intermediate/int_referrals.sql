{{ config(materialized='incremental') }}

with referrers as (

    select
        records.source,
        records.referral_id,
        {{ person_id('records.email', 'records.customer_id') }} as person_id
    from {{ ref('stg_generic__referrals') }} as records
    {{ person_joins('records.email', 'records.customer_id') }}
    where not records.is_removed

),

invitees as (

    select
        records.source,
        records.referral_id,
        records.invited_at,
        {{ business_date('records.invited_at') }} as invited_date,
        records.signed_up_at,
        records.first_purchase_at,
        records.rewarded_at,
        records.reward_amount,
        records.currency,
        {{ person_id('records.invitee_email', 'records.invitee_customer_id') }} as invitee_id
    from {{ ref('stg_generic__referrals') }} as records
    {{ person_joins('records.invitee_email', 'records.invitee_customer_id') }}
    where not records.is_removed

)

select
    invitees.source,
    invitees.referral_id,
    invitees.invited_at,
    invitees.invited_date,
    invitees.signed_up_at,
    invitees.first_purchase_at,
    invitees.rewarded_at,
    invitees.reward_amount,
    invitees.currency,
    referrers.person_id,
    invitees.invitee_id,
    customers.first_order_at as invitee_first_order_at
from invitees
inner join referrers
    on invitees.source = referrers.source
    and invitees.referral_id = referrers.referral_id
left join {{ ref('int_customers') }} as customers
    on invitees.invitee_id = customers.person_id
