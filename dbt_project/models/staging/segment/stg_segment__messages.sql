select
    'segment' as source,
    event_id as message_event_id,
    occurred_at,
    message_id,
    message_campaign_id as campaign_id,
    message_campaign as campaign,
    'email' as channel,
    {{ segment_message_event('event_name') }} as event_type,
    false as is_machine_open,
    cast(null as string) as bounce_type,
    email,
    cast(null as string) as phone,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('segment', 'events') }}
where {{ segment_message_event('event_name') }} is not null
