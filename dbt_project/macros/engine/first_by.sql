{# Value of the row with the least order, also where that value is null; rows without order are passed over. #}
{% macro first_by(value, order) -%}
    {{ adapter.dispatch('first_by')(value, order) }}
{%- endmacro %}

{% macro duckdb__first_by(value, order) -%}
    arg_min_null({{ value }}, {{ order }})
{%- endmacro %}

{% macro spark__first_by(value, order) -%}
    min_by({{ value }}, {{ order }})
{%- endmacro %}
