select
    deliveries.source,
    deliveries.entity,
    deliveries.file,
    deliveries.batch_id as content_hash,
    deliveries.status,
    deliveries.message,
    deliveries.rows_read,
    case
        when deliveries.is_first_delivery then coalesce(staged.rows_staged, 0)
        else 0
    end as rows_loaded,
    case when deliveries.is_first_delivery then deliveries.rows_rejected else 0 end
        as rows_rejected,
    case
        when deliveries.is_first_delivery
            then
                deliveries.rows_duplicate
                + deliveries.rows_loaded
                - coalesce(staged.rows_staged, 0)
        else deliveries.rows_read
    end as rows_duplicate,
    deliveries.first_event_at,
    deliveries.last_event_at,
    deliveries.loaded_at
from {{ ref('int_deliveries') }} as deliveries
left join {{ ref('int_batch_rows') }} as staged
    on deliveries.source = staged.source
    and deliveries.entity = staged.entity
    and deliveries.batch_id = staged.batch_id
