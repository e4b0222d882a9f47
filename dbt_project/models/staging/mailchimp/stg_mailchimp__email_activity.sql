select
    'mailchimp' as source,
    activity_id as message_event_id,
    occurred_at,
    campaign_id || '-' || member_id as message_id,
    campaign_id,
    campaign,
    'email' as channel,
    action as event_type,
    false as is_machine_open,
    case when action = 'bounce' then bounce_type end as bounce_type,
    email,
    cast(null as string) as phone,
    cast(null as string) as customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('mailchimp', 'email_activity') }}
