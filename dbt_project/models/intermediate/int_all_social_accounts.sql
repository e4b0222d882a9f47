{{ config(materialized='view') }}
{% set models = [
    'stg_generic__social_accounts',
    'stg_instagram__accounts',
    'stg_linkedin__accounts',
] %}
{% set columns %}
    source, platform, account_id, snapshot_date, followers, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
