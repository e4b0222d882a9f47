{# Share in percent; null where the denominator is missing or zero. 157 of 5,000 = 3.14. #}
{% macro rate_pct(numerator, denominator) -%}
    (100.0 * cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}
