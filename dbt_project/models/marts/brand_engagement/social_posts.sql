with rated as (

    select
        platform,
        post_id,
        account_id,
        source,
        published_at,
        published_date,
        post_type,
        permalink,
        likes,
        comments,
        shares,
        saves,
        clicks,
        interactions,
        is_interactions_complete,
        reach,
        impressions,
        metric_name_at_source,
        followers,
        followers_date,
        {{ rate_pct('interactions', 'followers') }} as engagement_rate_by_followers_pct,
        {{ rate_pct('interactions', 'reach') }} as engagement_rate_by_reach_pct,
        {{ rate_pct('interactions', 'impressions') }} as engagement_rate_by_impressions_pct
    from {{ ref('int_social_posts') }}

)

select
    rated.platform,
    rated.post_id,
    rated.account_id,
    rated.source,
    rated.published_at,
    rated.published_date,
    rated.post_type,
    rated.permalink,
    rated.likes,
    rated.comments,
    rated.shares,
    rated.saves,
    rated.clicks,
    rated.interactions,
    rated.is_interactions_complete,
    rated.reach,
    rated.impressions,
    rated.metric_name_at_source,
    rated.followers,
    rated.followers_date,
    rated.engagement_rate_by_followers_pct,
    rated.engagement_rate_by_reach_pct,
    rated.engagement_rate_by_impressions_pct,
    levels.level as engagement_level
from rated
left join {{ ref('engagement_levels') }} as levels
    on levels.metric = 'engagement_rate_by_followers_pct'
    and {{ within_level('rated.engagement_rate_by_followers_pct', 'levels') }}
