{#
    A rate of posts, pooled or averaged, is made of the posts that have both of its sides; what
    these are is told beside it. Reach added over posts is a denominator, not a number of people.
#}
{% set denominators = ['followers', 'reach', 'impressions'] %}

with posts as (

    select
        platform,
        published_date as date,
        count(*) as post_count,
        cast(sum(interactions) as bigint) as interactions,
        cast(sum(impressions) as bigint) as impressions,
        {% for name in denominators %}
        cast(sum(case when {{ name }} > 0 then interactions end) as bigint)
            as interactions_by_{{ name }},
        cast(sum(case when interactions is not null and {{ name }} > 0 then {{ name }} end) as bigint)
            as post_{{ name }},
        avg(cast(engagement_rate_by_{{ name }}_pct as decimal(18, 9)))
            as mean_engagement_rate_by_{{ name }}_pct,
        {% endfor %}
        sum(case when followers_date = published_date then interactions end)
            as interactions_with_followers_that_day
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
    posts.interactions,
    posts.impressions,
    cast(accounts.followers as bigint) as followers,
    {% for name in denominators %}
    posts.interactions_by_{{ name }},
    posts.post_{{ name }},
    posts.mean_engagement_rate_by_{{ name }}_pct,
    {{ rate_pct('posts.interactions_by_' ~ name, 'posts.post_' ~ name) }}
        as pooled_engagement_rate_by_{{ name }}_pct,
    {% endfor %}
    {{ rate_pct('posts.interactions_with_followers_that_day', 'accounts.followers') }}
        as daily_engagement_rate_by_followers_pct
from posts
full outer join accounts
    on posts.platform = accounts.platform
    and posts.date = accounts.date
