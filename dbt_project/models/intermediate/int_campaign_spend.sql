select
    campaign_id,
    min(platform) as platform,
    {{ amount_in_one_currency('spend_amount', 'currency') }} as spend_amount,
    case when min(currency) = max(currency) then min(currency) end as spend_currency,
    cast(sum(impressions) as bigint) as impressions,
    cast(sum(clicks) as bigint) as clicks
from {{ ref('stg_generic__ad_spend') }}
where not is_removed
group by campaign_id
