select
    'posthog' as source,
    event_id,
    occurred_at,
    case event_name
        when '$pageview' then 'page_view'
        when '$screen' then 'screen_view'
        else lower(replace(replace(event_name, '$', ''), ' ', '_'))
    end as event_name,
    visitor_id,
    customer_id,
    email,
    page_url,
    traffic_source,
    traffic_medium,
    campaign,
    lower(device_type) as device_category,
    cast(null as double) as engagement_seconds,
    lcp_ms / 1000.0 as page_load_seconds,
    order_id,
    cast(null as string) as source_session_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('posthog', 'events') }}
