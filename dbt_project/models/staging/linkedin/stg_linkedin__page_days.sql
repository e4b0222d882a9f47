select
    'linkedin' as source,
    'linkedin' as platform,
    lower(account_id) as account_id,
    day as date,
    impressions,
    {{ interactions('likes', 'comments', 'shares') }} as interactions,
    cast(null as bigint) as page_views,
    cast(null as bigint) as page_visitors,
    cast(null as bigint) as followers_won,
    cast(null as bigint) as sponsored_followers_won,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('linkedin', 'page_days') }}
