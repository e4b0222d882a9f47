-- The shop's file may come after the referral tool's: so this warns.
{{ config(severity='warn') }}

select
    source,
    referral_id,
    invited_at,
    rewarded_at,
    invitee_first_order_at
from {{ ref('int_referrals') }}
where
    rewarded_at is not null
    and (invitee_first_order_at is null or invitee_first_order_at > rewarded_at)
