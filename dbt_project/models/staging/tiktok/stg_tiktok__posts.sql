select
    'tiktok' as source,
    'tiktok' as platform,
    coalesce(
        nullif(regexp_extract(video_link, '/([0-9]+)/?([?].*)?$', 1), ''), video_link
    ) as post_id,
    lower(nullif(regexp_extract(video_link, '/@([^/]+)/', 1), '')) as account_id,
    published_at,
    'video' as post_type,
    video_link as permalink,
    likes,
    comments,
    shares,
    saves,
    cast(null as bigint) as clicks,
    cast(null as bigint) as reach,
    views as impressions,
    'views' as metric_name_at_source,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('tiktok', 'posts') }}
