{{ config(materialized='view') }}
{% set models = [
    'stg_linkedin__page_days',
    'stg_linkedin__followers',
    'stg_linkedin__visitors',
] %}
{% set columns %}
    source, platform, account_id, date, impressions, interactions, page_views, page_visitors,
    followers_won, sponsored_followers_won, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
