select
    source,
    survey_id,
    submission_id as invitation_id,
    offered_at as invited_at,
    'email' as channel,
    touchpoint,
    case when score is null then 'sent' else 'answered' end as status,
    email,
    customer_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from {{ ref('stg_zendesk__satisfaction_ratings') }}
where is_offered
