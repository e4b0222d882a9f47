with bounds as (

    select
        min(weeks.week) as first_date,
        max(ends.newest_week) as last_date,
        max(ends.newest_date) as newest_date
    from {{ ref('int_customer_weeks') }} as weeks
    cross join {{ ref('int_data_end') }} as ends

),

weeks as (

    {{ every('week', 'bounds') }}

),

person_weeks as (

    select
        person_id,
        week,
        lag(week) over (partition by person_id order by week) as active_before,
        lead(week) over (partition by person_id order by week) as active_after
    from {{ ref('int_customer_weeks') }}

),

states as (

    select
        week,
        {{ lifecycle_state('active_before', later('week', -1, 'week')) }} as state
    from person_weeks
    union all
    select
        {{ later('week', 1, 'week') }} as week,
        'dormant' as state
    from person_weeks
    where active_after is null or active_after > {{ later('week', 1, 'week') }}

),

counted as (

    select
        week,
        {% for state in ['new', 'returning', 'resurrecting', 'dormant'] -%}
        sum(case when state = '{{ state }}' then 1 else 0 end) as {{ state }}_count
        {{- ',' if not loop.last }}
        {% endfor -%}
    from states
    group by week

),

active as (

    select week, count(*) as active_count
    from {{ ref('int_customer_weeks') }}
    group by week

)

select
    weeks.week,
    {{ later('day', 6, 'weeks.week') }} <= bounds.newest_date as is_week_complete,
    cast(coalesce(active.active_count, 0) as bigint) as active_count,
    {% for state in ['new', 'returning', 'resurrecting', 'dormant'] -%}
    cast(coalesce(counted.{{ state }}_count, 0) as bigint) as {{ state }}_count,
    {% endfor -%}
    {{ rate_pct('counted.returning_count', 'counted.returning_count + counted.dormant_count') }}
        as returning_pct
from weeks
cross join bounds
left join counted
    on weeks.week = counted.week
left join active
    on weeks.week = active.week
