select
    source,
    entity,
    batch_id,
    rows_staged
from {{ source('ledger', 'batch_rows') }}
