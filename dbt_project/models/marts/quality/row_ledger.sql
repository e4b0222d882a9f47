select
    source,
    entity,
    file,
    batch_id as content_hash,
    status,
    message,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_duplicate,
    first_event_at,
    last_event_at,
    loaded_at
from {{ ref('int_deliveries') }}
