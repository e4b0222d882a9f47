{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_sessions'), 'visitor_id') }}
    union all
    {{ changed_rows(ref('int_visitors'), 'visitor_id') }}
    union all
    select visitor_id
    from {{ ref('int_visitors') }}
    where person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
{% endset %}
{{ rebuild_only(touched) }}

select
    {{ dbt.hash("sessions.visitor_id || '-' || cast(sessions.started_at as string)") }} as session_id,
    sessions.visitor_id,
    visitors.person_id,
    coalesce(customers.first_order_at <= sessions.started_at, false) as is_customer,
    row_number() over (
        partition by sessions.visitor_id order by sessions.started_at, sessions.ended_at
    ) as session_number,
    sessions.source,
    sessions.started_at,
    sessions.ended_at,
    {{ business_date('sessions.started_at') }} as session_date,
    cast(sessions.duration_seconds as double) as duration_seconds,
    cast(sessions.engagement_seconds as double) as foreground_seconds,
    sessions.event_count,
    sessions.page_view_count,
    sessions.key_event_count,
    {{ is_engaged_session(
        'sessions.duration_seconds', 'sessions.page_view_count', 'sessions.key_event_count'
    ) }} as is_engaged,
    not {{ is_engaged_session(
        'sessions.duration_seconds', 'sessions.page_view_count', 'sessions.key_event_count'
    ) }} as is_bounce_not_engaged,
    {{ is_single_page_bounce('sessions.page_view_count') }} as is_bounce_single_page,
    {{ traffic_channel('sessions.traffic_source', 'sessions.traffic_medium') }} as channel,
    sessions.traffic_source,
    sessions.traffic_medium,
    sessions.campaign,
    sessions.device_category,
    sessions.landing_page_url
from {{ ref('int_sessions') }} as sessions
inner join {{ ref('int_visitors') }} as visitors
    on sessions.visitor_id = visitors.visitor_id
left join {{ ref('int_customers') }} as customers
    on visitors.person_id = customers.person_id
where {{ is_touched('sessions.visitor_id', 'visitor_id') }}
