with answers as (

    select
        person_id,
        score,
        row_number() over (
            partition by person_id
            order by answered_at desc, source, survey_id, submission_id, question_id
        ) as age
    from {{ ref('int_recommendations') }}

)

select
    answers.person_id,
    answers.score,
    levels.level as cx_level,
    levels.level_rank
from answers
inner join {{ ref('person_cx_levels') }} as levels
    on {{ within_level('answers.score', 'levels') }}
where answers.age = 1
