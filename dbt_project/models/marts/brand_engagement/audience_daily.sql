-- A person who reaches a state on two devices at the same moment is counted once.
{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('sessions'), 'session_date as date') }}
    union all
    {{ changed_rows(ref('int_person_stages'), business_date('first_engaged_at') ~ ' as date') }}
    union all
    {{ changed_rows(ref('int_person_stages'), business_date('first_lead_at') ~ ' as date') }}
{% endset %}
{{ rebuild_only(touched) }}

with visits as (

    select
        sessions.session_id,
        sessions.visitor_id,
        sessions.session_date as date,
        sessions.channel,
        {{ audience_scope('sessions.is_customer') }} as audience_scope,
        sessions.session_number,
        sessions.is_engaged,
        sessions.is_bounce_not_engaged,
        sessions.is_bounce_single_page,
        sessions.duration_seconds,
        cast(sessions.foreground_seconds as decimal(18, 3)) as foreground_seconds,
        sessions.started_at = stages.first_engaged_at
        and {{ becomes_engaged_lead(
            'stages.first_engaged_at', 'stages.first_lead_at', 'stages.first_order_at'
        ) }} as is_engaged_lead_moment,
        sessions.started_at = stages.first_lead_at
        and {{ becomes_lead('stages.first_lead_at', 'stages.first_order_at') }} as is_lead_moment,
        row_number() over (
            partition by sessions.person_id, sessions.started_at
            order by sessions.is_engaged desc, sessions.key_event_count desc, sessions.session_id
        ) as position
    from {{ ref('sessions') }} as sessions
    left join {{ ref('int_person_stages') }} as stages
        on sessions.person_id = stages.person_id
    where {{ is_touched('sessions.session_date', 'date') }}

),

counts as (

    select
        date,
        channel,
        audience_scope,
        count(distinct visitor_id) as visitors,
        count(distinct case when session_number = 1 then visitor_id end) as new_visitors,
        count(*) as session_count,
        cast(sum(case when is_engaged then 1 else 0 end) as bigint) as engaged_session_count,
        cast(sum(case when is_bounce_not_engaged then 1 else 0 end) as bigint)
            as not_engaged_bounce_count,
        cast(sum(case when is_bounce_single_page then 1 else 0 end) as bigint)
            as single_page_bounce_count,
        median(duration_seconds) as median_duration_seconds,
        cast(sum(foreground_seconds) as double) as engaged_seconds,
        count(foreground_seconds) as engaged_time_session_count,
        cast(sum(case when position = 1 and is_engaged_lead_moment then 1 else 0 end) as bigint)
            as engaged_lead_count,
        cast(sum(case when position = 1 and is_lead_moment then 1 else 0 end) as bigint)
            as lead_count
    from visits
    group by date, channel, audience_scope

)

select
    date,
    channel,
    audience_scope,
    visitors as visitor_count,
    new_visitors as new_visitor_count,
    visitors - new_visitors as returning_visitor_count,
    session_count,
    engaged_session_count,
    not_engaged_bounce_count,
    single_page_bounce_count,
    median_duration_seconds,
    engaged_seconds,
    engaged_time_session_count,
    engaged_lead_count,
    lead_count,
    {{ rate_pct('visitors - new_visitors', 'visitors') }} as returning_visitor_pct,
    {{ rate_pct('engaged_session_count', 'session_count') }} as engaged_session_pct,
    {{ rate_pct('not_engaged_bounce_count', 'session_count') }} as bounce_not_engaged_pct,
    {{ rate_pct('single_page_bounce_count', 'session_count') }} as bounce_single_page_pct
from counts
