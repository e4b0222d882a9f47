select
    'linkedin' as source,
    lower(account_id) as account_id,
    day,
    impressions,
    organic_reach,
    clicks,
    likes,
    comments,
    shares,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('linkedin', 'page_days') }}
