-- E-mail events are messages: stg_segment__messages has them.
select
    'segment' as source,
    event_id,
    occurred_at,
    case
        when call_type = 'track' then lower(replace(trim(event_name), ' ', '_'))
        else call_type
    end as event_name,
    visitor_id,
    customer_id,
    email,
    page_url,
    traffic_source,
    traffic_medium,
    campaign,
    case when device_type is not null or call_type = 'screen' then 'app' end as device_category,
    cast(null as double) as engagement_seconds,
    cast(null as double) as page_load_seconds,
    order_id,
    cast(null as string) as source_session_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('segment', 'events') }}
where
    call_type in ('track', 'page', 'screen', 'identify')
    and coalesce({{ segment_message_event('event_name') }} is null, true)
