-- A name in links that several campaigns claim belongs to the first of them.
with listed as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        goals.stage_goal,
        coalesce(campaigns.utm_campaign, campaigns.campaign_id) as link_name,
        campaigns.starts_on,
        campaigns.ends_on,
        campaigns.reach
    from {{ ref('stg_generic__campaigns') }} as campaigns
    left join {{ ref('campaign_goals') }} as goals
        on campaigns.stage_goal = goals.stage_goal
    where not campaigns.is_removed

)

select
    campaign_id,
    campaign_name,
    channel,
    stage_goal,
    case
        when row_number() over (partition by link_name order by campaign_id) = 1 then link_name
    end as link_name,
    starts_on,
    ends_on,
    reach
from listed
