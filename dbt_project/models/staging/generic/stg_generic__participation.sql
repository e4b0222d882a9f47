select
    'generic' as source,
    participation_id,
    occurred_at,
    lower(kind) as kind,
    title,
    lower(action) as action,
    lower(channel) as channel,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'participation') }}
