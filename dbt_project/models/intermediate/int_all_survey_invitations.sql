{{ config(materialized='view') }}
{% set models = [
    'stg_generic__survey_invitations',
    'stg_zendesk__survey_invitations',
    'stg_medallia__survey_invitations',
] %}
{% set columns %}
    source, survey_id, invitation_id, invited_at, channel, touchpoint, status, email, customer_id,
    batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
