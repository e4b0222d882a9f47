select
    'generic' as source,
    lower(platform) as platform,
    lower(campaign_id) as campaign_id,
    spend_date,
    spend_amount,
    upper(currency) as currency,
    impressions,
    clicks,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'ad_spend') }}
