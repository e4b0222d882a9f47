select
    'sendgrid' as source,
    message_event_id,
    occurred_at,
    message_id,
    campaign_id,
    campaign,
    'email' as channel,
    case event_type
        when 'processed' then 'sent'
        when 'spamreport' then 'complaint'
        when 'group_unsubscribe' then 'unsubscribe'
        else event_type
    end as event_type,
    coalesce(is_machine_open, false) as is_machine_open,
    case
        when event_type = 'bounce' and bounce_classification = 'blocked' then 'soft'
        when event_type = 'bounce' then 'hard'
    end as bounce_type,
    email,
    cast(null as string) as phone,
    cast(null as string) as customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('sendgrid', 'events') }}
