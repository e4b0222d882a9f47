select
    deliveries.source,
    deliveries.entity,
    deliveries.file,
    deliveries.batch_id as content_hash,
    deliveries.status,
    deliveries.message,
    deliveries.rows_read,
    coalesce(staged.rows_staged, 0) as rows_loaded,
    deliveries.rows_rejected,
    deliveries.rows_duplicate + deliveries.rows_loaded - coalesce(staged.rows_staged, 0)
        as rows_duplicate,
    deliveries.first_event_at,
    deliveries.last_event_at,
    deliveries.loaded_at
from {{ ref('int_deliveries') }} as deliveries
left join {{ ref('int_batch_rows') }} as staged
    on deliveries.source = staged.source
    and deliveries.entity = staged.entity
    and deliveries.batch_id = staged.batch_id
    and deliveries.is_first_delivery
