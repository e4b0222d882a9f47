-- Batches that wait for their gate are not in the lake's tables yet.
select
    source,
    entity,
    file,
    batch_id,
    status,
    message,
    is_first_delivery,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_duplicate,
    cast(first_event_at as timestamp) as first_event_at,
    cast(last_event_at as timestamp) as last_event_at,
    cast(loaded_at as timestamp) as loaded_at
from {{ ref('stg_ledger__deliveries') }}
where gate = 'passed'
