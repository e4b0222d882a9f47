{# Values of a group in alphabetical order, separated by commas. #}
{% macro listed(value) -%}
    {{ adapter.dispatch('listed')(value) }}
{%- endmacro %}

{% macro duckdb__listed(value) -%}
    string_agg({{ value }}, ', ' order by {{ value }})
{%- endmacro %}

{% macro spark__listed(value) -%}
    listagg({{ value }}, ', ') within group (order by {{ value }})
{%- endmacro %}
