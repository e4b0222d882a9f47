with delivered as (

    select * from {{ source('generic', 'social_posts') }}

),

posts as (

    {{ newest_per_key('delivered', ['platform', 'post_id'], ['impressions', 'reach', 'likes']) }}

)

select
    'generic' as source,
    lower(platform) as platform,
    post_id,
    account_id,
    published_at,
    post_type,
    permalink,
    likes,
    comments,
    shares,
    saves,
    clicks,
    reach,
    impressions,
    'impressions' as impressions_name_at_source,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from posts
