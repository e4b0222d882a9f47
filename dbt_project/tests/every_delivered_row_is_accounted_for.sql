-- read = loaded + rejected + duplicate, for every landed file
select
    source,
    entity,
    file,
    rows_read,
    rows_loaded,
    rows_rejected,
    rows_duplicate
from {{ ref('row_ledger') }}
where rows_read <> rows_loaded + rows_rejected + rows_duplicate
