with insights as (

    {{ unnest_json(
        source('facebook', 'posts'), ['post_id', '_is_removed'], 'insights',
        {'metric': 'name', 'value': 'values[0].value'}
    ) }}

),

counts as (

    select
        post_id,
        max(case when metric = 'post_impressions_unique' then try_cast(value as bigint) end)
            as reach,
        max(case when metric = 'post_clicks' then try_cast(value as bigint) end) as clicks,
        max(case when metric = 'post_media_view' then try_cast(value as bigint) end) as views,
        max(case when metric = 'post_impressions' then try_cast(value as bigint) end)
            as impressions
    from insights
    where not _is_removed
    group by post_id

)

select
    'facebook' as source,
    'facebook' as platform,
    posts.post_id,
    posts.account_id,
    posts.published_at,
    posts.post_type,
    posts.permalink,
    posts.reactions as likes,
    posts.comments,
    posts.shares,
    cast(null as bigint) as saves,
    counts.clicks,
    counts.reach,
    coalesce(counts.views, counts.impressions) as impressions,
    case when counts.views is not null then 'views' else 'impressions' end
        as metric_name_at_source,
    posts._batch_id as batch_id,
    posts._is_repeat as is_repeat,
    posts._changed_in as changed_in,
    posts._is_removed as is_removed
from {{ source('facebook', 'posts') }} as posts
left join counts on posts.post_id = counts.post_id
