-- The last visit with a campaign before the first contact data, or before an order, wins.
{{ config(materialized='incremental') }}
{% set touched %}
    select person_id
    from {{ ref('int_visitors') }}
    where visitor_id in ({{ changed_rows(ref('int_sessions'), 'visitor_id') }})
    union all
    {{ changed_rows(ref('int_visitors'), 'person_id') }}
    union all
    {{ changed_rows(ref('int_person_stages'), 'person_id') }}
    union all
    {{ changed_rows(ref('int_orders'), 'person_id') }}
{% endset %}
{{ rebuild_only(touched) }}

with conversions as (

    select
        person_id,
        'lead' as conversion,
        'lead' as conversion_key,
        first_lead_at as converted_at,
        cast(null as bigint) as purchase_number,
        cast(null as decimal(18, 4)) as order_amount,
        cast(null as string) as currency
    from {{ ref('int_person_stages') }}
    where
        {{ becomes_lead('first_lead_at', 'first_order_at') }}
        and {{ is_touched('person_id') }}
    union all
    select
        person_id,
        'order' as conversion,
        source || '-' || order_id as conversion_key,
        ordered_at as converted_at,
        purchase_number,
        order_amount,
        currency
    from {{ ref('int_orders') }}
    where purchase_number is not null and {{ is_touched('person_id') }}

),

visits as (

    select
        visitors.person_id,
        lower(sessions.campaign) as link_name,
        sessions.started_at
    from {{ ref('int_sessions') }} as sessions
    inner join {{ ref('int_visitors') }} as visitors
        on sessions.visitor_id = visitors.visitor_id
    where sessions.campaign is not null and {{ is_touched('visitors.person_id', 'person_id') }}

),

candidates as (

    select
        conversions.person_id,
        conversions.conversion,
        conversions.conversion_key,
        conversions.converted_at,
        conversions.purchase_number,
        conversions.order_amount,
        conversions.currency,
        visits.link_name,
        visits.started_at as visited_at,
        row_number() over (
            partition by conversions.person_id, conversions.conversion, conversions.conversion_key
            order by visits.started_at desc, visits.link_name
        ) as position
    from conversions
    inner join {{ ref('attribution_windows') }} as windows
        on windows.purpose = 'campaign'
    inner join visits
        on conversions.person_id = visits.person_id
        and {{ is_within_window('visits.started_at', 'conversions.converted_at', 'windows.window_days') }}

)

select
    person_id,
    conversion,
    conversion_key,
    converted_at,
    purchase_number,
    order_amount,
    currency,
    link_name,
    visited_at
from candidates
where position = 1
