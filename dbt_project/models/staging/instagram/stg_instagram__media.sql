with insights as (

    {{ unnest_json(
        source('instagram', 'media'), ['post_id', '_is_removed'], 'insights',
        {'metric': 'name', 'value': 'values[0].value'}
    ) }}

),

counts as (

    select
        post_id,
        max(case when metric = 'reach' then try_cast(value as bigint) end) as reach,
        max(case when metric = 'saved' then try_cast(value as bigint) end) as saves,
        max(case when metric = 'shares' then try_cast(value as bigint) end) as shares,
        max(case when metric = 'views' then try_cast(value as bigint) end) as views,
        max(case when metric = 'impressions' then try_cast(value as bigint) end) as impressions
    from insights
    where not _is_removed
    group by post_id

)

select
    'instagram' as source,
    'instagram' as platform,
    media.post_id,
    media.account_id,
    media.published_at,
    media.media_type as post_type,
    media.permalink,
    media.likes,
    media.comments,
    counts.shares,
    counts.saves,
    cast(null as bigint) as clicks,
    counts.reach,
    coalesce(counts.views, counts.impressions) as impressions,
    case when counts.views is not null then 'views' else 'impressions' end
        as metric_name_at_source,
    media._batch_id as batch_id,
    media._is_repeat as is_repeat,
    media._changed_in as changed_in,
    media._is_removed as is_removed
from {{ source('instagram', 'media') }} as media
left join counts on media.post_id = counts.post_id
