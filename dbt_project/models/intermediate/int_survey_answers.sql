{{ config(materialized='view') }}
{% set columns %}
    source, survey_id, submission_id, question_id, question_kind, question_text, score, scale_max,
    answer_text, answered_at, touchpoint, email, customer_id, batch_id,
    changed_in, is_removed
{% endset %}

with answers as (

    select {{ columns }} from {{ ref('stg_generic__survey_answers') }}
    union all
    select {{ columns }} from {{ ref('stg_typeform__answers') }}
    union all
    select {{ columns }} from {{ ref('stg_google_forms__answers') }}

)

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
from answers
{{ person_joins('answers.email', 'answers.customer_id') }}
