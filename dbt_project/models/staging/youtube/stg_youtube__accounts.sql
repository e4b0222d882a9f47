select
    'youtube' as source,
    'youtube' as platform,
    account_id,
    snapshot_date,
    case when not coalesce(is_hidden, false) then followers end as followers,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('youtube', 'accounts') }}
