-- Exports of warehouses write a missing text as NULL.
with events as (

    select
        event_id,
        event_name,
        nullif(action, 'NULL') as action,
        occurred_at,
        nullif(visitor_id, 'NULL') as visitor_id,
        nullif(customer_id, 'NULL') as customer_id,
        nullif(session_id, 'NULL') as session_id,
        nullif(page_url, 'NULL') as page_url,
        nullif(traffic_source, 'NULL') as traffic_source,
        nullif(traffic_medium, 'NULL') as traffic_medium,
        nullif(campaign, 'NULL') as campaign,
        nullif(referrer_source, 'NULL') as referrer_source,
        nullif(nullif(referrer_medium, 'NULL'), 'internal') as referrer_medium,
        nullif(device_type, 'NULL') as device_type,
        nullif(order_id, 'NULL') as order_id,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('snowplow', 'events') }}

)

select
    'snowplow' as source,
    event_id,
    occurred_at,
    case
        when event_name in ('event', 'struct')
            then coalesce(lower(replace(action, ' ', '_')), event_name)
        else event_name
    end as event_name,
    visitor_id,
    customer_id,
    cast(null as string) as email,
    page_url,
    case
        when coalesce(traffic_source, traffic_medium) is not null then traffic_source
        when referrer_medium is not null then referrer_source
    end as traffic_source,
    case
        when coalesce(traffic_source, traffic_medium) is not null then traffic_medium
        when referrer_medium = 'search' then 'organic'
        else referrer_medium
    end as traffic_medium,
    campaign,
    case lower(device_type)
        when 'computer' then 'desktop'
        else lower(device_type)
    end as device_category,
    case when event_name = 'page_ping' then {{ page_ping_seconds() }} end as engagement_seconds,
    cast(null as double) as page_load_seconds,
    order_id,
    session_id as source_session_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from events
