{{ config(materialized='view') }}
{% set models = [
    'stg_generic__social_accounts',
    'stg_instagram__accounts',
    'stg_linkedin__accounts',
    'stg_youtube__accounts',
    'stg_tiktok__accounts',
    'stg_facebook__accounts',
    'stg_x__accounts',
    'stg_snapchat__accounts',
] %}
{% set columns %}
    source, platform, account_id, snapshot_date, followers, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
