with posts as (

    select
        platform,
        published_date as date,
        count(*) as post_count,
        sum(interactions) as interactions,
        sum(impressions) as impressions,
        sum(case when followers > 0 then interactions end) as interactions_with_followers,
        sum(case when interactions is not null and followers > 0 then followers end)
            as post_followers,
        sum(case when followers_date = published_date then interactions end)
            as interactions_with_followers_that_day,
        avg(cast(engagement_rate_by_followers_pct as decimal(18, 9)))
            as mean_engagement_rate_by_followers_pct
    from {{ ref('social_posts') }}
    group by platform, published_date

),

accounts as (

    select
        platform,
        snapshot_date as date,
        sum(followers) as followers
    from {{ ref('int_social_accounts') }}
    group by platform, snapshot_date

)

select
    coalesce(posts.platform, accounts.platform) as platform,
    coalesce(posts.date, accounts.date) as date,
    coalesce(posts.post_count, 0) as post_count,
    cast(posts.interactions as bigint) as interactions,
    cast(posts.impressions as bigint) as impressions,
    cast(accounts.followers as bigint) as followers,
    posts.mean_engagement_rate_by_followers_pct,
    {{ rate_pct('posts.interactions_with_followers', 'posts.post_followers') }}
        as pooled_engagement_rate_by_followers_pct,
    {{ rate_pct('posts.interactions_with_followers_that_day', 'accounts.followers') }}
        as daily_engagement_rate_by_followers_pct
from posts
full outer join accounts
    on posts.platform = accounts.platform
    and posts.date = accounts.date
