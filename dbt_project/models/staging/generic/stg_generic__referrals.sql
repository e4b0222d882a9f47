select
    'generic' as source,
    referral_id,
    invited_at,
    signed_up_at,
    first_purchase_at,
    rewarded_at,
    reward_amount,
    currency,
    email,
    customer_id,
    invitee_email,
    invitee_customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'referrals') }}
