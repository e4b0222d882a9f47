with delivered as (

    select * from {{ source('ga4', 'events') }}

),

events as (

    {{ newest_per_key('delivered', ['event_id']) }}

)

select
    'ga4' as source,
    event_id,
    occurred_at,
    lower(event_name) as event_name,
    visitor_id,
    customer_id,
    cast(null as string) as email,
    page_url,
    traffic_source,
    traffic_medium,
    campaign,
    device_category,
    engagement_msec / 1000.0 as engagement_seconds,
    transaction_id as order_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from events
