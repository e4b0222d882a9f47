select
    'linkedin' as source,
    'linkedin' as platform,
    coalesce(
        nullif(regexp_extract(post_link, '(?:activity|share|ugcPost)[:-]([0-9]+)', 1), ''),
        post_link
    ) as post_id,
    lower(account_id) as account_id,
    published_at,
    post_type,
    post_link as permalink,
    likes,
    comments,
    shares,
    cast(null as bigint) as saves,
    clicks,
    cast(null as bigint) as reach,
    impressions,
    'impressions' as metric_name_at_source,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('linkedin', 'posts') }}
