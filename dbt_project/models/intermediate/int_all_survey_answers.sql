{{ config(materialized='view') }}
{% set models = [
    'stg_generic__survey_answers',
    'stg_typeform__answers',
    'stg_google_forms__answers',
    'stg_qualtrics__answers',
    'stg_surveymonkey__answers',
    'stg_delighted__answers',
    'stg_hubspot__answers',
    'stg_zendesk__answers',
    'stg_posthog__answers',
    'stg_formbricks__feedback_records',
    'stg_medallia__answers',
] %}
{% set columns %}
    source, survey_id, submission_id, question_id, question_kind, question_text, score, scale_max,
    answer_text, answered_at, touchpoint, email, customer_id, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
