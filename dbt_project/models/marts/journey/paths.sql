with outcomes as (

    select
        channels.first_channel,
        case
            when people.second_order_at is not null then 6
            when people.first_order_at is not null then 5
            when people.first_lead_at is not null then 4
            when people.first_engaged_at is not null then 3
            else 2
        end as stage_rank
    from {{ ref('int_first_channels') }} as channels
    inner join {{ ref('int_person_stages') }} as people
        on channels.person_id = people.person_id

),

counted as (

    select first_channel, stage_rank, count(*) as people
    from outcomes
    group by first_channel, stage_rank

)

select
    counted.first_channel,
    cast(counted.stage_rank as bigint) as stage_rank,
    stages.stage as outcome,
    counted.people,
    {{ rate_pct('counted.people', 'sum(counted.people) over (partition by counted.first_channel)') }}
        as share_of_channel_pct
from counted
inner join {{ ref('funnel_stages') }} as stages
    on counted.stage_rank = stages.stage_rank
