{{ config(materialized='view') }}

select
    web_events.source,
    web_events.event_id,
    web_events.occurred_at,
    web_events.event_name,
    web_events.source || '-' || web_events.visitor_id as visitor_id,
    web_events.customer_id,
    web_events.email,
    web_events.page_url,
    web_events.traffic_source,
    web_events.traffic_medium,
    web_events.campaign,
    web_events.device_category,
    web_events.engagement_seconds,
    web_events.page_load_seconds,
    web_events.order_id,
    web_events.source_session_id,
    coalesce(event_types.is_page_view, false) as is_page_view,
    coalesce(event_types.is_key_event, false) as is_key_event,
    coalesce(event_types.is_lead, false) as is_lead,
    event_types.activity_type,
    checkout_steps.step as checkout_step,
    web_events.batch_id,
    web_events.changed_in,
    web_events.is_removed
from {{ ref('int_all_web_events') }} as web_events
left join {{ ref('web_event_types') }} as event_types
    on web_events.event_name = event_types.event_name
left join {{ ref('checkout_steps') }} as checkout_steps
    on web_events.event_name = checkout_steps.event_name
