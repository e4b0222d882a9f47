{# One row per answer of a relation with a list column `answers`; the named columns are kept. #}
{% macro unnest_answers(relation, columns) -%}
    {{ adapter.dispatch('unnest_answers')(relation, columns) }}
{%- endmacro %}

{% macro duckdb__unnest_answers(relation, columns) -%}
    select {{ columns | join(', ') }}, unnest(answers) as answer
    from {{ relation }}
{%- endmacro %}

{% macro spark__unnest_answers(relation, columns) -%}
    select {{ columns | join(', ') }}, explode(answers) as answer
    from {{ relation }}
{%- endmacro %}
