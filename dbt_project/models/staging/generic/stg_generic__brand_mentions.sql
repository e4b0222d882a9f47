select
    'generic' as source,
    lower(platform) as platform,
    mention_id,
    brand,
    is_own_brand,
    mentioned_at,
    lower(sentiment) as sentiment,
    reach,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'brand_mentions') }}
