select
    source,
    survey_id,
    submission_id as invitation_id,
    requested_at as invited_at,
    channel,
    touchpoint,
    case
        when answered_at is not null then 'answered'
        when delivery_status in ('bounced', 'failed', 'undelivered') then 'bounced'
        else 'sent'
    end as status,
    email,
    customer_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from {{ ref('stg_medallia__feedback') }}
