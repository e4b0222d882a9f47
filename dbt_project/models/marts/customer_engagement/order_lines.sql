{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('int_order_lines'), 'source, order_id') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    source,
    order_id,
    line_number,
    ordered_at,
    order_date,
    person_id,
    customer_id,
    product_id,
    product_name,
    quantity,
    unit_price,
    line_amount,
    discount_amount,
    currency,
    country,
    is_cancelled,
    is_duplicate
from {{ ref('int_order_lines') }}
where not is_removed and {{ is_touched('source, order_id') }}
