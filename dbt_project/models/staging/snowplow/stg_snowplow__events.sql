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

{{ snowplow_web_events('events') }}
