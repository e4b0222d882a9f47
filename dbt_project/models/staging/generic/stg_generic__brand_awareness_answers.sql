select
    'generic' as source,
    survey_id,
    respondent_id,
    brand,
    coalesce(is_own_brand, false) as is_own_brand,
    unaided_rank,
    is_aided,
    lower(exposure_group) as exposure_group,
    answered_at,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'brand_awareness_answers') }}
