{% set columns %}
    source, platform, post_id, account_id, published_at, post_type, permalink, likes, comments,
    shares, saves, clicks, reach, impressions, metric_name_at_source, batch_id
{% endset %}

with dated as (

    select
        {{ columns }},
        {{ business_date('published_at') }} as published_date,
        row_number() over (partition by platform, post_id order by source desc, batch_id) as position
    from {{ ref('int_all_social_posts') }}
    where not is_removed

),

-- Followers on the day of the post: the newest snapshot that is not later.
followers as (

    select
        dated.platform,
        dated.post_id,
        accounts.followers,
        accounts.snapshot_date,
        row_number() over (
            partition by dated.platform, dated.post_id order by accounts.snapshot_date desc
        ) as position
    from dated
    inner join {{ ref('int_social_accounts') }} as accounts
        on dated.platform = accounts.platform
        and dated.account_id = accounts.account_id
        and accounts.snapshot_date <= dated.published_date
    where dated.position = 1

)

select
    dated.source,
    dated.platform,
    dated.post_id,
    dated.account_id,
    dated.published_at,
    dated.published_date,
    dated.post_type,
    dated.permalink,
    dated.likes,
    dated.comments,
    dated.shares,
    dated.saves,
    dated.clicks,
    dated.reach,
    dated.impressions,
    dated.metric_name_at_source,
    {{ interactions('dated.likes', 'dated.comments', 'dated.shares') }} as interactions,
    dated.likes is not null and dated.comments is not null and dated.shares is not null
        as is_interactions_complete,
    followers.followers,
    followers.snapshot_date as followers_date,
    dated.batch_id
from dated
left join followers
    on dated.platform = followers.platform
    and dated.post_id = followers.post_id
    and followers.position = 1
where dated.position = 1
