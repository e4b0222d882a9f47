select
    'generic' as source,
    survey_id,
    invitation_id,
    invited_at,
    lower(channel) as channel,
    touchpoint,
    lower(status) as status,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'survey_invitations') }}
