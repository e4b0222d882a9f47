with delivered as (

    select * from {{ source('meta_business_suite', 'posts') }}

),

posts as (

    {{ newest_per_key('delivered', ['post_id'], ['views', 'impressions', 'reach']) }}

)

select
    'meta_business_suite' as source,
    case when post_type like 'IG %' then 'instagram' else 'facebook' end as platform,
    post_id,
    account_id,
    published_at,
    lower(replace(post_type, 'IG ', '')) as post_type,
    permalink,
    likes,
    comments,
    shares,
    saves,
    cast(null as bigint) as clicks,
    reach,
    coalesce(views, impressions) as impressions,
    case when views is not null then 'views' else 'impressions' end as impressions_name_at_source,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from posts
