with events as (

    select
        message_event_id,
        replace(replace(metric, ' ', '_'), '-', '_') as metric,
        occurred_at,
        message_id,
        campaign,
        is_machine_open,
        bounce_type,
        email,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('klaviyo', 'events') }}

)

select
    'klaviyo' as source,
    message_event_id,
    occurred_at,
    message_id,
    cast(null as string) as campaign_id,
    campaign,
    case when metric like '%sms%' then 'sms' when metric like '%push%' then 'push' else 'email' end
        as channel,
    case
        when metric like 'received_%' then 'delivered'
        when metric like 'opened_%' then 'open'
        when metric like 'clicked_%' then 'click'
        when metric like 'bounced_%' then 'bounce'
        when metric like 'unsubscribed%' then 'unsubscribe'
        when metric like 'marked_%spam' then 'complaint'
        else metric
    end as event_type,
    coalesce(is_machine_open, false) as is_machine_open,
    bounce_type,
    email,
    cast(null as string) as phone,
    cast(null as string) as customer_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from events
