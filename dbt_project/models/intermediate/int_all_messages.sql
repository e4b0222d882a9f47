{{ config(materialized='view') }}
{% set models = [
    'stg_generic__messages',
    'stg_sendgrid__events',
    'stg_mailchimp__email_activity',
    'stg_klaviyo__events',
    'stg_segment__messages',
] %}
{% set columns %}
    source, message_event_id, occurred_at, message_id, campaign_id, campaign, channel, event_type,
    is_machine_open, bounce_type, email, phone, customer_id, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
