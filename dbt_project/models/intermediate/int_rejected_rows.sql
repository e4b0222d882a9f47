-- Also of files that wait for their gate or failed it: there the reasons are asked for most.
select
    deliveries.source,
    deliveries.entity,
    deliveries.file,
    rejected.column_name,
    rejected.reason,
    rejected.rows_rejected,
    cast(deliveries.loaded_at as timestamp) as loaded_at
from {{ ref('stg_ledger__deliveries') }} as deliveries
inner join {{ ref('stg_ledger__rejected_rows') }} as rejected
    on deliveries.source = rejected.source
    and deliveries.entity = rejected.entity
    and deliveries.batch_id = rejected.batch_id
where deliveries.is_first_delivery
