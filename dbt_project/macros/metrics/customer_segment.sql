{# What somebody was at a moment: before the first order, after it, after the second. #}
{% macro customer_segment(person_id, moment, customers) -%}
    case
        when {{ person_id }} is null then 'unknown'
        when {{ customers }}.second_order_at <= {{ moment }} then 'repeat customer'
        when {{ customers }}.first_order_at <= {{ moment }} then 'new customer'
        else 'prospect'
    end
{%- endmacro %}
