{{ config(materialized='view') }}
{% set models = [
    'stg_generic__reviews',
    'stg_trustpilot__reviews',
    'stg_google_reviews__reviews',
] %}
{% set columns %}
    source, site, review_id, reviewed_at, rating, scale_max, title, review_text, language, email,
    customer_id, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
