select
    source,
    entity,
    batch_id,
    column_name,
    reason,
    rows_rejected
from {{ source('ledger', 'rejected_rows') }}
