with ordered as (

    select
        source,
        visitor_id,
        event_id,
        occurred_at,
        is_page_view,
        is_key_event,
        is_lead,
        engagement_seconds,
        traffic_source,
        traffic_medium,
        campaign,
        device_category,
        page_url,
        lag(occurred_at) over (partition by visitor_id order by occurred_at, event_id)
            as previous_at
    from {{ ref('int_web_events') }}
    where visitor_id is not null

),

numbered as (

    select
        source,
        visitor_id,
        event_id,
        occurred_at,
        is_page_view,
        is_key_event,
        is_lead,
        engagement_seconds,
        traffic_source,
        traffic_medium,
        campaign,
        device_category,
        page_url,
        cast(
            sum(case when {{ starts_session('previous_at', 'occurred_at') }} then 1 else 0 end) over (
                partition by visitor_id
                order by occurred_at, event_id
                rows between unbounded preceding and current row
            ) as bigint
        ) as session_number
    from ordered

),

sessions as (

    select
        source,
        visitor_id,
        session_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        sum(case when is_page_view then 1 else 0 end) as page_view_count,
        sum(case when is_key_event then 1 else 0 end) as key_event_count,
        bool_or(is_lead) as has_lead_event,
        sum(engagement_seconds) as engagement_seconds
    from numbered
    group by source, visitor_id, session_number

),

-- Where a visit came from stands on its first event that says so.
origins as (

    select
        visitor_id,
        session_number,
        traffic_source,
        traffic_medium,
        campaign,
        row_number() over (
            partition by visitor_id, session_number order by occurred_at, event_id
        ) as position
    from numbered
    where coalesce(traffic_source, traffic_medium, campaign) is not null

),

landings as (

    select
        visitor_id,
        session_number,
        page_url,
        device_category,
        row_number() over (
            partition by visitor_id, session_number order by occurred_at, event_id
        ) as position
    from numbered

)

select
    sessions.source,
    sessions.visitor_id,
    sessions.session_number,
    sessions.started_at,
    sessions.ended_at,
    {{ seconds_between('sessions.started_at', 'sessions.ended_at') }} as duration_seconds,
    sessions.event_count,
    sessions.page_view_count,
    sessions.key_event_count,
    sessions.has_lead_event,
    sessions.engagement_seconds,
    origins.traffic_source,
    origins.traffic_medium,
    origins.campaign,
    landings.page_url as landing_page_url,
    landings.device_category
from sessions
inner join landings
    on sessions.visitor_id = landings.visitor_id
    and sessions.session_number = landings.session_number
    and landings.position = 1
left join origins
    on sessions.visitor_id = origins.visitor_id
    and sessions.session_number = origins.session_number
    and origins.position = 1
