{#
    An order is cancelled where its status says so. Where a tool gives no status, an order number
    with a C before its digits is a credit note, as tills in the United Kingdom write it.
#}
{% macro is_cancelled_order(status, order_id) -%}
    coalesce(
        lower({{ status }}) in ('cancelled', 'canceled', 'voided'),
        {{ order_id }} like 'C%' and try_cast(substr({{ order_id }}, 2) as bigint) is not null
    )
{%- endmacro %}
