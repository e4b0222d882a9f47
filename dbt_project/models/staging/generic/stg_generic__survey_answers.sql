select
    'generic' as source,
    survey_id,
    submission_id,
    question_id,
    lower(question_kind) as question_kind,
    question_text,
    cast(score as double) as score,
    {{ scale_max('lower(question_kind)', 'scale_max') }} as scale_max,
    answer_text,
    answered_at,
    touchpoint,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'survey_answers') }}
