-- the reasons of a file's rejected rows add up to what its ledger says
with reasons as (
    select
        source,
        entity,
        file,
        sum(rows_rejected) as rows_explained
    from {{ ref('rejected_rows') }}
    group by source, entity, file
)

select
    ledger.source,
    ledger.entity,
    ledger.file,
    ledger.rows_rejected,
    reasons.rows_explained
from {{ ref('row_ledger') }} as ledger
left join reasons
    on ledger.source = reasons.source
    and ledger.entity = reasons.entity
    and ledger.file = reasons.file
where ledger.rows_rejected <> coalesce(reasons.rows_explained, 0)
