{{ config(materialized='view') }}
{% set models = [
    'stg_generic__tickets',
    'stg_zendesk__tickets',
] %}
{% set columns %}
    source, ticket_id, created_at, first_response_at, resolved_at, status, channel, topic,
    satisfaction, email, customer_id, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
