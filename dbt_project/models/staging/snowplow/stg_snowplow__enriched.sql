with events as (

    select
        event_id,
        event_name,
        action,
        occurred_at,
        visitor_id,
        customer_id,
        session_id,
        page_url,
        traffic_source,
        traffic_medium,
        campaign,
        referrer_source,
        nullif(referrer_medium, 'internal') as referrer_medium,
        device_type,
        order_id,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('snowplow', 'enriched') }}

)

{{ snowplow_web_events('events') }}
