{# Query of the whole numbers from 0, `n` of them, in a column `number`. #}
{% macro whole_numbers(n) -%}
    {{ adapter.dispatch('whole_numbers')(n) }}
{%- endmacro %}

{% macro duckdb__whole_numbers(n) -%}
    select range as number from range({{ n }})
{%- endmacro %}

{% macro spark__whole_numbers(n) -%}
    select id as number from range({{ n }})
{%- endmacro %}
