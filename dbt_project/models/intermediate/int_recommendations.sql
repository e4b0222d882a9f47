{{ config(materialized='incremental') }}

select
    source,
    survey_id,
    submission_id,
    question_id,
    person_id,
    answered_at,
    answer_date,
    score
from {{ ref('int_survey_answers') }}
where
    question_kind = 'nps'
    and score is not null
    and person_id is not null
    and not is_removed
