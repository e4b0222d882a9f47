with delivered as (

    select * from {{ source('generic', 'survey_invitations') }}

),

invitations as (

    {{ newest_per_key('delivered', ['survey_id', 'invitation_id']) }}

)

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
    _is_repeat as is_repeat
from invitations
