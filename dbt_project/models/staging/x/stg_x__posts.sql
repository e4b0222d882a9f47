select
    'x' as source,
    'x' as platform,
    post_id,
    coalesce(
        account_id, lower(nullif(regexp_extract(permalink, '[.]com/([^/]+)/status/', 1), ''))
    ) as account_id,
    published_at,
    'text' as post_type,
    'https://x.com/i/status/' || post_id as permalink,
    likes,
    replies as comments,
    coalesce(reposts + quotes, reposts, quotes) as shares,
    bookmarks as saves,
    url_clicks as clicks,
    cast(null as bigint) as reach,
    impressions,
    'impressions' as metric_name_at_source,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('x', 'posts') }}
