{% set columns = [
    'visit_id', 'visitor_id', 'customer_id', 'started_at', 'started_seconds', 'referrer_type',
    'referrer_name', 'device_type', '_batch_id', '_is_repeat', '_changed_in', '_is_removed'
] %}
with actions as (

    {{ unnest_json(source('matomo', 'visits'), columns, 'action_list', {
        'action_type': 'type', 'page_url': 'url', 'event_action': 'eventAction',
        'order_id': 'orderId', 'happened_text': 'timestamp', 'spent_text': 'timeSpent',
        'loaded_text': 'pageLoadTimeMilliseconds'
    }) }}

),

timed as (

    select
        {{ columns | join(', ') }},
        item_number,
        action_type,
        page_url,
        event_action,
        order_id,
        coalesce(try_cast(happened_text as bigint), started_seconds) - started_seconds
            as seconds_after,
        try_cast(spent_text as double) as seconds_spent,
        try_cast(loaded_text as double) / 1000.0 as seconds_loading
    from actions

)

select
    'matomo' as source,
    visit_id || '-' || cast(item_number as string) as event_id,
    started_at + seconds_after * interval '1' second as occurred_at,
    case action_type
        when 'action' then 'page_view'
        when 'download' then 'file_download'
        when 'outlink' then 'click'
        when 'ecommerceOrder' then 'purchase'
        when 'event' then coalesce(lower(replace(event_action, ' ', '_')), 'event')
        else lower(action_type)
    end as event_name,
    visitor_id,
    customer_id,
    cast(null as string) as email,
    page_url,
    case when referrer_type <> 'direct' and item_number = 1 then referrer_name end
        as traffic_source,
    case when item_number = 1 then
        case referrer_type
            when 'search' then 'organic'
            when 'website' then 'referral'
            when 'direct' then null
            else referrer_type
        end
    end as traffic_medium,
    case when referrer_type = 'campaign' and item_number = 1 then referrer_name end as campaign,
    case device_type when 'smartphone' then 'mobile' else device_type end as device_category,
    case when action_type = 'action' then seconds_spent end as engagement_seconds,
    seconds_loading as page_load_seconds,
    order_id,
    visit_id as source_session_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from timed
