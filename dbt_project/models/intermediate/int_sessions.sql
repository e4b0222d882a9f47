{{ config(materialized='incremental') }}
{#
    A session is rebuilt when an event within its reach is new or gone. Between it and the
    sessions left alone lies a gap, so their events need not be looked at.
#}
{% set columns %}
    source, visitor_id, event_id, occurred_at, is_page_view, is_key_event, is_lead,
    engagement_seconds, traffic_source, traffic_medium, campaign, device_category, page_url,
    checkout_step, source_session_id
{% endset %}
{% set touched %}
    select sessions.visitor_id, sessions.started_at, sessions.ended_at
    from {{ this }} as sessions
    inner join {{ ref('int_web_events') }} as events
        on sessions.visitor_id = events.visitor_id
        and {{ is_within_reach('events.occurred_at', 'sessions.started_at', 'sessions.ended_at') }}
    where {{ is_changed('events') }}
{% endset %}
{{ rebuild_only(touched) }}
{% set starts = starts_session(
    'previous_at', 'occurred_at', 'previous_session_id', 'source_session_id'
) %}

with events as (

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

),

ordered as (

    select
        {{ columns }},
        lag(occurred_at) over (partition by visitor_id order by occurred_at, event_id)
            as previous_at,
        lag(source_session_id) over (partition by visitor_id order by occurred_at, event_id)
            as previous_session_id,
        row_number() over (partition by visitor_id order by occurred_at, event_id) as position
    from events

),

numbered as (

    select
        {{ columns }},
        position,
        {{ starts }} as is_first,
        case
            when coalesce(traffic_source, traffic_medium, campaign) is not null then position
        end as origin_position,
        sum(case when {{ starts }} then 1 else 0 end) over (
            partition by visitor_id
            order by position
            rows between unbounded preceding and current row
        ) as session_number
    from ordered

)

-- Where a visit came from stands on its first event that says so.
select
    source,
    visitor_id,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    {{ seconds_between('min(occurred_at)', 'max(occurred_at)') }} as duration_seconds,
    count(*) as event_count,
    cast(sum(case when is_page_view then 1 else 0 end) as bigint) as page_view_count,
    cast(sum(case when is_key_event then 1 else 0 end) as bigint) as key_event_count,
    bool_or(is_lead) as has_lead_event,
    coalesce(bool_or(checkout_step = 'cart'), false) as has_cart,
    coalesce(bool_or(checkout_step = 'checkout'), false) as has_checkout,
    coalesce(bool_or(checkout_step = 'purchase'), false) as has_purchase,
    cast(sum(cast(engagement_seconds as decimal(18, 3))) as double) as engagement_seconds,
    {{ first_by('traffic_source', 'origin_position') }} as traffic_source,
    {{ first_by('traffic_medium', 'origin_position') }} as traffic_medium,
    {{ first_by('campaign', 'origin_position') }} as campaign,
    max(case when is_first then page_url end) as landing_page_url,
    max(case when is_first then device_category end) as device_category
from numbered
group by source, visitor_id, session_number
