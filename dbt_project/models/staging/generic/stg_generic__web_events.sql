with delivered as (

    select * from {{ source('generic', 'web_events') }}

),

events as (

    {{ newest_per_key('delivered', ['event_id']) }}

)

select
    'generic' as source,
    event_id,
    occurred_at,
    lower(event_name) as event_name,
    visitor_id,
    customer_id,
    email,
    page_url,
    traffic_source,
    traffic_medium,
    campaign,
    device_category,
    engagement_seconds,
    order_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from events
