-- What a point of so many weeks ago counts now, and what it counted in the weeks before, together.
with ages as (

    select
        numbers.number as age_weeks,
        case
            when numbers.number < {{ parameter('score_memory_weeks') }}
                then {{ time_decay('numbers.number', parameter('score_half_life_weeks')) }}
            else 0
        end as share
    from ({{ whole_numbers(600) }}) as numbers
    where numbers.number < {{ parameter('score_memory_weeks') }} + 12

)

select
    ages.age_weeks,
    cast(ages.share as decimal(20, 12)) as share,
    cast(
        sum(case when earlier.age_weeks >= ages.age_weeks - 4 then earlier.share else 0 end)
        as decimal(20, 12)
    ) as share_of_4_weeks,
    cast(
        sum(case when earlier.age_weeks >= ages.age_weeks - 12 then earlier.share else 0 end)
        as decimal(20, 12)
    ) as share_of_12_weeks
from ages
left join ages as earlier
    on ages.age_weeks > earlier.age_weeks
group by ages.age_weeks, ages.share
