{{ config(materialized='view') }}
{% set models = [
    'stg_meta_business_suite__posts',
    'stg_generic__social_posts',
    'stg_instagram__media',
    'stg_youtube__videos',
    'stg_tiktok__posts',
    'stg_facebook__posts',
    'stg_x__posts',
    'stg_linkedin__posts',
    'stg_snapchat__posts',
] %}
{% set columns %}
    source, platform, post_id, account_id, published_at, post_type, permalink, likes, comments,
    shares, saves, clicks, reach, impressions, metric_name_at_source, batch_id, changed_in,
    is_removed
{% endset %}

{{ union_of(models, columns) }}
