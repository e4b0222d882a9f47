-- A tool tells of posts, visits and followers in different files: each count is in one of them.
select
    platform,
    account_id,
    date,
    max(impressions) as impressions,
    max(interactions) as interactions,
    max(page_views) as page_views,
    max(page_visitors) as page_visitors,
    max(followers_won) as followers_won,
    max(sponsored_followers_won) as sponsored_followers_won
from {{ ref('int_all_social_account_days') }}
where not is_removed
group by platform, account_id, date
