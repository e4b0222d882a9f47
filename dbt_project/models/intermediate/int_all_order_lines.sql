{{ config(materialized='view') }}
{% set models = [
    'stg_generic__orders',
    'stg_shopify__orders',
    'stg_shopify__api_orders',
    'stg_woocommerce__orders',
    'stg_stripe__charges',
    'stg_hubspot__deals',
] %}
{% set columns %}
    source, order_id, line_number, ordered_at, customer_id, email, product_id, product_name,
    quantity, unit_price, discount_amount, order_discount_amount, refunded_amount, currency,
    country, order_status, is_cancelled, batch_id, is_repeat, changed_in, is_removed
{% endset %}

{{ union_of(models, columns) }}
