-- new + returning + resurrecting = active; returning + dormant = active in the week before
with compared as (

    select
        week,
        active_count,
        new_count,
        returning_count,
        resurrecting_count,
        dormant_count,
        coalesce(lag(active_count) over (order by week), 0) as previous_active_count
    from {{ ref('lifecycle_weekly') }}

)

select
    week,
    active_count,
    new_count,
    returning_count,
    resurrecting_count,
    dormant_count,
    previous_active_count
from compared
where
    new_count + returning_count + resurrecting_count <> active_count
    or returning_count + dormant_count <> previous_active_count
