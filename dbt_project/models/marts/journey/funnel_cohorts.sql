with people_per_stage as (

    select
        cohort_month,
        stage_rank,
        count(*) as people,
        {{ percentile('days_from_previous', 0.5) }} as median_days_from_previous,
        {{ percentile('days_from_previous', 0.9) }} as p90_days_from_previous
    from {{ ref('int_funnel_steps') }}
    group by cohort_month, stage_rank

),

cohorts as (

    select cohort_month, people as first_people
    from people_per_stage
    where stage_rank = 1

),

-- The required stage before each one, and the days that people have had to get from the first
-- stage to this one.
stages as (

    select
        stages.stage_rank,
        stages.stage,
        stages.is_required,
        stages.window_days,
        max(earlier.stage_rank) as previous_rank,
        stages.window_days + coalesce(sum(earlier.window_days), 0) as days_to_complete
    from {{ ref('int_funnel_stages') }} as stages
    left join {{ ref('int_funnel_stages') }} as earlier
        on stages.stage_rank > earlier.stage_rank
        and earlier.is_required
    group by stages.stage_rank, stages.stage, stages.is_required, stages.window_days

),

newest as (

    select max(activity_date) as newest_date
    from {{ ref('int_activities') }}

),

reached as (

    select
        cohorts.cohort_month,
        stages.stage_rank,
        stages.stage,
        stages.is_required,
        cohorts.first_people,
        coalesce(here.people, 0) as people,
        case when stages.previous_rank is not null then coalesce(earlier.people, 0) end
            as previous_people,
        here.median_days_from_previous,
        here.p90_days_from_previous,
        {{ dbt.dateadd('day', 'stages.days_to_complete', dbt.dateadd('month', 1, 'cohorts.cohort_month')) }}
        <= newest.newest_date as is_complete
    from cohorts
    cross join stages
    cross join newest
    left join people_per_stage as here
        on cohorts.cohort_month = here.cohort_month
        and stages.stage_rank = here.stage_rank
    left join people_per_stage as earlier
        on cohorts.cohort_month = earlier.cohort_month
        and stages.previous_rank = earlier.stage_rank

)

select
    cohort_month,
    cast(stage_rank as bigint) as stage_rank,
    stage,
    is_required,
    people,
    previous_people,
    first_people,
    {{ rate_pct('people', 'previous_people') }} as share_of_previous_pct,
    {{ rate_pct('people', 'first_people') }} as share_of_first_pct,
    cast(median_days_from_previous as double) as median_days_from_previous,
    cast(p90_days_from_previous as double) as p90_days_from_previous,
    is_complete
from reached
