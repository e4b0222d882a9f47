select
    source,
    entity,
    file,
    batch_id,
    status,
    gate,
    message,
    is_first_delivery,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_duplicate,
    first_event_at,
    last_event_at,
    loaded_at
from {{ source('ledger', 'deliveries') }}
