select
    'zendesk' as source,
    ticket_id,
    first_reply_minutes,
    solved_at,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('zendesk', 'ticket_metrics') }}
