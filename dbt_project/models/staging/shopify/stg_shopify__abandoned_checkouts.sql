select
    'shopify' as source,
    checkout_id,
    created_at as started_at,
    completed_at as recovered_at,
    closed_at,
    currency,
    total_amount,
    discount_amount,
    source_name as channel,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('shopify', 'abandoned_checkouts') }}
