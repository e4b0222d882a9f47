select
    'generic' as source,
    message_event_id,
    occurred_at,
    message_id,
    campaign_id,
    campaign,
    lower(channel) as channel,
    lower(event_type) as event_type,
    coalesce(is_machine_open, false) as is_machine_open,
    lower(bounce_type) as bounce_type,
    email,
    phone,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'messages') }}
