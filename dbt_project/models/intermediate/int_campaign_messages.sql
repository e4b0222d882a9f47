-- Whoever is known to have opened or clicked a message has got it, whatever else was reported.
-- Computed whole: a corrected event may leave the campaign it was counted in.
{{ config(materialized='incremental') }}

with recipients as (

    select
        lower(coalesce(campaign_id, campaign)) as campaign_id,
        coalesce(email, phone, customer_id, message_id) as recipient,
        min(campaign) as campaign_name,
        min(channel) as channel,
        bool_or(event_type in ('delivered', 'open', 'click')) as is_reached,
        bool_or(event_type = 'bounce') as is_bounced,
        bool_or(event_type = 'click') as is_clicked
    from {{ ref('int_all_messages') }}
    where
        coalesce(campaign_id, campaign) is not null
        and coalesce(email, phone, customer_id, message_id) is not null
        and not is_removed
    group by lower(coalesce(campaign_id, campaign)), coalesce(email, phone, customer_id, message_id)

)

select
    campaign_id,
    min(campaign_name) as campaign_name,
    min(channel) as channel,
    count(*) as sent_count,
    cast(sum(case when is_reached then 1 else 0 end) as bigint) as reached_count,
    cast(sum(case when is_bounced then 1 else 0 end) as bigint) as bounced_count,
    cast(sum(case when is_clicked then 1 else 0 end) as bigint) as clicked_count
from recipients
group by campaign_id
