select
    'hubspot' as source,
    coalesce(survey_id, 'hubspot_' || survey_type) as survey_id,
    submission_id,
    answered_at,
    survey_type as question_kind,
    score,
    cast(null as bigint) as scale_max,
    comment,
    cast(null as string) as touchpoint,
    email,
    cast(null as string) as customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('hubspot', 'feedback_submissions') }}
