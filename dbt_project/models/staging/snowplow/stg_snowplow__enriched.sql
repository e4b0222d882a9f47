-- An event that was delivered in both forms counts once: as the one with a header.
with exported as (

    select
        event_id,
        max(_changed_in) as changed_in,
        bool_and(_is_removed) as is_removed
    from {{ source('snowplow', 'events') }}
    where event_id in (select event_id from {{ source('snowplow', 'enriched') }})
    group by event_id

),

events as (

    select
        enriched.event_id,
        enriched.event_name,
        enriched.action,
        enriched.occurred_at,
        enriched.visitor_id,
        enriched.customer_id,
        enriched.session_id,
        enriched.page_url,
        enriched.traffic_source,
        enriched.traffic_medium,
        enriched.campaign,
        enriched.referrer_source,
        nullif(enriched.referrer_medium, 'internal') as referrer_medium,
        enriched.device_type,
        enriched.order_id,
        enriched._batch_id as batch_id,
        enriched._is_repeat as is_repeat,
        greatest(enriched._changed_in, coalesce(exported.changed_in, 0)) as changed_in,
        enriched._is_removed or not coalesce(exported.is_removed, true) as is_removed
    from {{ source('snowplow', 'enriched') }} as enriched
    left join exported on enriched.event_id = exported.event_id

)

{{ snowplow_web_events('events') }}
