{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('int_survey_answers'), 'source, survey_id, submission_id') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    source,
    survey_id,
    submission_id,
    question_id,
    question_kind,
    question_text,
    score,
    cast(scale_max as bigint) as scale_max,
    answer_text,
    answered_at,
    answer_date,
    touchpoint,
    person_id
from {{ ref('int_survey_answers') }}
where not is_removed and {{ is_touched('source, survey_id, submission_id') }}
