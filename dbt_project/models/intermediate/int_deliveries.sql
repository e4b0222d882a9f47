-- Batches that wait for their gate are not in the lake's tables yet. Of the rows of a batch those
-- count as loaded that stand; the others are repeats of records in other files.
select
    deliveries.source,
    deliveries.entity,
    deliveries.file,
    deliveries.batch_id,
    deliveries.status,
    deliveries.message,
    deliveries.rows_read,
    coalesce(staged.rows_staged, 0) as rows_loaded,
    deliveries.rows_rejected,
    deliveries.rows_duplicate + deliveries.rows_loaded - coalesce(staged.rows_staged, 0)
        as rows_duplicate,
    cast(deliveries.first_event_at as timestamp) as first_event_at,
    cast(deliveries.last_event_at as timestamp) as last_event_at,
    cast(deliveries.loaded_at as timestamp) as loaded_at
from {{ ref('stg_ledger__deliveries') }} as deliveries
left join {{ ref('stg_ledger__batch_rows') }} as staged
    on deliveries.source = staged.source
    and deliveries.entity = staged.entity
    and deliveries.batch_id = staged.batch_id
    and deliveries.is_first_delivery
where deliveries.gate = 'passed'
