{# Snowplow's events in the columns of the web events, from whichever form they came in. #}
{% macro snowplow_web_events(events) -%}
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
from {{ events }}
{%- endmacro %}
