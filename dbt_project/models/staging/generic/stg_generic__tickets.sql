select
    'generic' as source,
    ticket_id,
    created_at,
    first_response_at,
    resolved_at,
    lower(status) as status,
    lower(channel) as channel,
    lower(topic) as topic,
    lower(satisfaction) as satisfaction,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'tickets') }}
