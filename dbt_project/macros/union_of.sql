{# The records of several staging models in one column list. #}
{% macro union_of(models, columns) -%}
    {%- for model in models %}
    {{ 'union all' if not loop.first }}
    select {{ columns }}
    from {{ ref(model) }}
    {%- endfor %}
{%- endmacro %}
