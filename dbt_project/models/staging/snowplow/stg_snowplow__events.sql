-- Exports of warehouses write a missing text as NULL. Where an event was delivered in both forms, a
-- change of either is one of both.
with raw_twins as (

    select event_id, max(_changed_in) as changed_in
    from {{ source('snowplow', 'enriched') }}
    where event_id in (select event_id from {{ source('snowplow', 'events') }})
    group by event_id

),

events as (

    select
        exported.event_id,
        exported.event_name,
        nullif(exported.action, 'NULL') as action,
        exported.occurred_at,
        nullif(exported.visitor_id, 'NULL') as visitor_id,
        nullif(exported.customer_id, 'NULL') as customer_id,
        nullif(exported.session_id, 'NULL') as session_id,
        nullif(exported.page_url, 'NULL') as page_url,
        nullif(exported.traffic_source, 'NULL') as traffic_source,
        nullif(exported.traffic_medium, 'NULL') as traffic_medium,
        nullif(exported.campaign, 'NULL') as campaign,
        nullif(exported.referrer_source, 'NULL') as referrer_source,
        nullif(nullif(exported.referrer_medium, 'NULL'), 'internal') as referrer_medium,
        nullif(exported.device_type, 'NULL') as device_type,
        nullif(exported.order_id, 'NULL') as order_id,
        exported._batch_id as batch_id,
        exported._is_repeat as is_repeat,
        greatest(exported._changed_in, coalesce(raw_twins.changed_in, 0)) as changed_in,
        exported._is_removed as is_removed
    from {{ source('snowplow', 'events') }} as exported
    left join raw_twins on exported.event_id = raw_twins.event_id

)

{{ snowplow_web_events('events') }}
