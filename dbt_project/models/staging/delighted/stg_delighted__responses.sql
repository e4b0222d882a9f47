select
    'delighted' as source,
    'delighted_' || coalesce(survey_type, 'nps') as survey_id,
    submission_id,
    answered_at,
    coalesce(survey_type, 'nps') as question_kind,
    score,
    cast(null as bigint) as scale_max,
    comment,
    touchpoint,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('delighted', 'responses') }}
