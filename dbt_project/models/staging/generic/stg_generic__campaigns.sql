select
    'generic' as source,
    lower(campaign_id) as campaign_id,
    campaign_name,
    lower(channel) as channel,
    replace(lower(stage_goal), ' ', '_') as stage_goal,
    lower(utm_campaign) as utm_campaign,
    starts_on,
    ends_on,
    reach,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'campaigns') }}
