with people_per_stage as (

    select month, stage_rank, count(*) as people
    from {{ ref('int_person_months') }}
    group by month, stage_rank

),

months as (

    select month
    from people_per_stage
    group by month

),

reached as (

    select
        months.month,
        stages.stage_rank,
        stages.stage,
        cast(coalesce(sum(people_per_stage.people), 0) as bigint) as people
    from months
    cross join {{ ref('int_funnel_stages') }} as stages
    left join people_per_stage
        on months.month = people_per_stage.month
        and people_per_stage.stage_rank >= stages.stage_rank
    group by months.month, stages.stage_rank, stages.stage

),

compared as (

    select
        month,
        stage_rank,
        stage,
        people,
        lag(people) over (partition by month order by stage_rank) as previous_people,
        max(people) over (partition by month) as first_people
    from reached

)

select
    month,
    cast(stage_rank as bigint) as stage_rank,
    stage,
    people,
    {{ rate_pct('people', 'previous_people') }} as share_of_previous_pct,
    {{ rate_pct('people', 'first_people') }} as share_of_first_pct
from compared
