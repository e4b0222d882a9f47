{{ config(materialized='view') }}
{% set models = [
    'stg_ga4__events',
    'stg_generic__web_events',
    'stg_segment__events',
    'stg_snowplow__events',
    'stg_snowplow__enriched',
    'stg_posthog__events',
    'stg_matomo__visits',
] %}
{% set columns %}
    source, event_id, occurred_at, event_name, visitor_id, customer_id, email, page_url,
    traffic_source, traffic_medium, campaign, device_category, engagement_seconds, page_load_seconds,
    order_id, source_session_id, batch_id, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
