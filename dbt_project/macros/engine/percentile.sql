{# Percentile of a number, interpolated between neighbours; `share` 0.5 is the median. #}
{% macro percentile(value, share) -%}
    {{ adapter.dispatch('percentile')(value, share) }}
{%- endmacro %}

{% macro duckdb__percentile(value, share) -%}
    quantile_cont({{ value }}, {{ share }})
{%- endmacro %}

{% macro spark__percentile(value, share) -%}
    percentile({{ value }}, {{ share }})
{%- endmacro %}
