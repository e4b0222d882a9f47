select
    'generic' as source,
    entry_id,
    occurred_at,
    lower(entry_type) as entry_type,
    {{ signed_points('lower(entry_type)', 'points') }} as points,
    lower(tier) as tier,
    lower(reward_type) as reward_type,
    order_id,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'loyalty_ledger') }}
