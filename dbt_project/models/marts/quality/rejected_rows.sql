select
    source,
    entity,
    file,
    column_name,
    reason,
    rows_rejected,
    loaded_at
from {{ ref('int_rejected_rows') }}
