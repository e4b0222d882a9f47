-- Somebody who was active is counted for a week and for a month from then on, or until active again:
-- so that the stretches of one person never overlap, and adding up people who come and go counts them.
with person_days as (

    select person_id, activity_date
    from {{ ref('int_customer_days') }}
    group by person_id, activity_date

),

ordered as (

    select
        activity_date,
        lead(activity_date) over (partition by person_id order by activity_date) as active_after
    from person_days

),

bounds as (

    select
        min(person_days.activity_date) as first_date,
        max(ends.newest_date) as last_date
    from person_days
    cross join {{ ref('int_data_end') }} as ends

),

days as (

    {{ every('day', 'bounds') }}

),

windows as (

    select
        {{ parameter('stickiness_week_days') }} as week_days,
        {{ parameter('stickiness_month_days') }} as month_days

),

steps as (

    select activity_date as date, 1 as daily, 1 as weekly, 1 as monthly
    from ordered
    union all
    select {{ later('day', 1, 'activity_date') }} as date, -1 as daily, 0 as weekly, 0 as monthly
    from ordered
    {% for name, days in [('weekly', 'week_days'), ('monthly', 'month_days')] -%}
    union all
    select
        least(
            {{ later('day', 'cast(windows.' ~ days ~ ' as integer)', 'ordered.activity_date') }},
            ordered.active_after
        ) as date,
        0 as daily,
        {{ -1 if name == 'weekly' else 0 }} as weekly,
        {{ -1 if name == 'monthly' else 0 }} as monthly
    from ordered
    cross join windows
    {% endfor %}
),

changes as (

    select
        date,
        sum(daily) as daily,
        sum(weekly) as weekly,
        sum(monthly) as monthly
    from steps
    group by date

),

counted as (

    select
        days.day as date,
        cast(sum(changes.daily) over (order by days.day) as bigint) as dau_count,
        cast(sum(changes.weekly) over (order by days.day) as bigint) as wau_count,
        cast(sum(changes.monthly) over (order by days.day) as bigint) as mau_count
    from days
    left join changes
        on days.day = changes.date

)

select
    counted.date,
    {{ later('day', 'cast(windows.month_days as integer) - 1', 'bounds.first_date') }} <= counted.date
        as is_window_complete,
    counted.dau_count,
    counted.wau_count,
    counted.mau_count,
    {{ rate_pct('counted.dau_count', 'counted.wau_count') }} as dau_of_wau_pct,
    {{ rate_pct('counted.dau_count', 'counted.mau_count') }} as dau_of_mau_pct,
    {{ rate_pct('counted.wau_count', 'counted.mau_count') }} as wau_of_mau_pct
from counted
cross join bounds
cross join windows
