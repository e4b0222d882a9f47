select
    'surveymonkey' as source,
    survey_id,
    response_id as submission_id,
    submitted_at as answered_at,
    touchpoint,
    email,
    customer_id,
    answers,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('surveymonkey', 'responses') }}
