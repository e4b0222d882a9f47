{{ config(materialized='incremental') }}
{#
    Rebuilt are the sessions within whose reach an event is new or gone, and those between them: where
    the tool counts sessions of its own, no gap need lie between two. The others stay as they are.

    Only what tells where a session begins is sorted. All else of an event is added up in the part
    of the session that lies on the event's day (UTC), found by visitor and day.
#}
{% set columns %}
    source, visitor_id, event_id, occurred_at, is_page_view, is_key_event, is_lead,
    engagement_seconds, traffic_source, traffic_medium, campaign, device_category, page_url,
    checkout_step, source_session_id
{% endset %}
{% set touched %}
    with reached as (

        select
            sessions.visitor_id,
            min(sessions.started_at) as first_at,
            max(sessions.ended_at) as last_at
        from {{ this }} as sessions
        inner join {{ ref('int_web_events') }} as events
            on sessions.visitor_id = events.visitor_id
            and {{ is_within_reach(
                'events.occurred_at', 'sessions.started_at', 'sessions.ended_at'
            ) }}
        where {{ is_changed('events') }}
        group by sessions.visitor_id

    )

    select sessions.visitor_id, sessions.started_at, sessions.ended_at
    from {{ this }} as sessions
    inner join reached on sessions.visitor_id = reached.visitor_id
    where sessions.started_at >= reached.first_at and sessions.ended_at <= reached.last_at
{% endset %}
{{ rebuild_only(touched) }}
{% set events %}
    select {{ columns }}
    from {{ ref('int_web_events') }} as events
    where
        visitor_id is not null
        and not is_removed
        {% if is_incremental() %}and {{ is_changed('events') }}{% endif %}
    {% if is_incremental() %}
    union all
    select {{ columns }}
    from {{ ref('int_web_events') }} as events
    inner join {{ touched_keys() }} as touched using (visitor_id)
    where
        events.occurred_at >= touched.started_at
        and events.occurred_at <= touched.ended_at
        and not {{ is_changed('events') }}
        and not events.is_removed
    {% endif %}
{% endset %}
{# An event's place among those of its visitor; where a visit came from stands on the first that says so. #}
{% set place = '(events.occurred_at, events.event_id)' %}
{% set place_of_origin -%}
    case
        when coalesce(events.traffic_source, events.traffic_medium, events.campaign) is not null
            then {{ place }}
    end
{%- endset %}

with ordered as (

    select
        visitor_id,
        occurred_at,
        source_session_id,
        lag(occurred_at) over (partition by visitor_id order by occurred_at, event_id)
            as previous_at,
        lag(source_session_id) over (partition by visitor_id order by occurred_at, event_id)
            as previous_session_id
    from ({{ events }}) as events

),

placed as (

    select
        visitor_id,
        occurred_at,
        cast(occurred_at as date) as day,
        cast(previous_at as date) as previous_day,
        case
            when {{ starts_session(
                'previous_at', 'occurred_at', 'previous_session_id', 'source_session_id'
            ) }}
                then occurred_at
        end as started_at
    from ordered

),

-- No two begin at one moment: each begins later than the event before it.
parts as (

    select
        visitor_id,
        day,
        occurred_at as first_at,
        lead(occurred_at) over (partition by visitor_id order by day, occurred_at) as next_at,
        max(started_at) over (
            partition by visitor_id
            order by day, occurred_at
            rows between unbounded preceding and current row
        ) as started_at
    from placed
    where started_at is not null or day > previous_day

)

select
    events.source,
    events.visitor_id,
    parts.started_at,
    max(events.occurred_at) as ended_at,
    {{ seconds_between('parts.started_at', 'max(events.occurred_at)') }} as duration_seconds,
    count(*) as event_count,
    cast(sum(case when events.is_page_view then 1 else 0 end) as bigint) as page_view_count,
    cast(sum(case when events.is_key_event then 1 else 0 end) as bigint) as key_event_count,
    bool_or(events.is_lead) as has_lead_event,
    coalesce(bool_or(events.checkout_step = 'cart'), false) as has_cart,
    coalesce(bool_or(events.checkout_step = 'checkout'), false) as has_checkout,
    coalesce(bool_or(events.checkout_step = 'purchase'), false) as has_purchase,
    cast(sum(cast(events.engagement_seconds as decimal(18, 3))) as double) as engagement_seconds,
    {{ first_by('events.traffic_source', place_of_origin) }} as traffic_source,
    {{ first_by('events.traffic_medium', place_of_origin) }} as traffic_medium,
    {{ first_by('events.campaign', place_of_origin) }} as campaign,
    {{ first_by('events.page_url', place) }} as landing_page_url,
    {{ first_by('events.device_category', place) }} as device_category
from ({{ events }}) as events
inner join parts
    on events.visitor_id = parts.visitor_id
    and cast(events.occurred_at as date) = parts.day
    and events.occurred_at >= parts.first_at
    and (events.occurred_at < parts.next_at or parts.next_at is null)
group by events.source, events.visitor_id, parts.started_at
