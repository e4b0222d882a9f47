select
    'hubspot' as source,
    contact_id,
    created_at,
    lifecycle_stage,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('hubspot', 'contacts') }}
