{{ config(materialized='view') }}

select
    answers.source,
    answers.survey_id,
    answers.submission_id,
    answers.question_id,
    answers.question_kind,
    answers.question_text,
    answers.score,
    answers.scale_max,
    answers.answer_text,
    answers.answered_at,
    {{ business_date('answers.answered_at') }} as answer_date,
    answers.touchpoint,
    {{ person_id('answers.email', 'answers.customer_id') }} as person_id,
    answers.email,
    answers.customer_id,
    answers.batch_id,
    answers.changed_in,
    answers.is_removed
from {{ ref('int_all_survey_answers') }} as answers
{{ person_joins('answers.email', 'answers.customer_id') }}
