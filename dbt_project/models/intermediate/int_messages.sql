{{ config(materialized='view') }}

select
    messages.source,
    messages.message_event_id,
    messages.occurred_at,
    messages.message_id,
    messages.campaign_id,
    messages.campaign,
    messages.channel,
    messages.event_type,
    messages.is_machine_open,
    messages.bounce_type,
    coalesce(
        {{ person_id('messages.email', 'messages.customer_id') }}, 'phone-' || messages.phone
    ) as person_id,
    messages.email,
    messages.customer_id,
    messages.batch_id,
    messages.changed_in,
    messages.is_removed
from {{ ref('int_all_messages') }} as messages
{{ person_joins('messages.email', 'messages.customer_id') }}
