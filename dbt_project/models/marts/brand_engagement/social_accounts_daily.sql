-- Posts of which the tool names no account are in no account's row.
with accounts as (

    select
        platform,
        account_id,
        snapshot_date as date,
        followers,
        lag(followers) over (partition by platform, account_id order by snapshot_date)
            as previous_followers,
        lag(snapshot_date) over (partition by platform, account_id order by snapshot_date)
            as previous_date
    from {{ ref('int_social_accounts') }}

),

posts as (

    select
        platform,
        account_id,
        published_date as date,
        count(*) as post_count,
        cast(sum(interactions) as bigint) as interactions
    from {{ ref('social_posts') }}
    where account_id is not null
    group by platform, account_id, published_date

)

select
    platform,
    account_id,
    date,
    accounts.followers,
    accounts.previous_date,
    accounts.followers - accounts.previous_followers as followers_change,
    account_days.followers_won,
    account_days.sponsored_followers_won,
    coalesce(posts.post_count, 0) as post_count,
    posts.interactions,
    {{ rate_pct('posts.interactions', 'accounts.followers') }}
        as daily_engagement_rate_by_followers_pct,
    account_days.impressions as impressions_on_day,
    account_days.interactions as interactions_on_day,
    account_days.page_views,
    account_days.page_visitors
from accounts
full outer join posts using (platform, account_id, date)
full outer join {{ ref('int_social_account_days') }} as account_days
    using (platform, account_id, date)
