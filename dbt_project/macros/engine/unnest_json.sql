{#
    One row per member of a column that holds a JSON list as text: the named columns, `item_number`
    from 1, and for each field its path, as text. What is no JSON list has no members.
#}
{% macro unnest_json(relation, columns, list_column, fields) -%}
    {{ adapter.dispatch('unnest_json')(relation, columns, list_column, fields) }}
{%- endmacro %}

{% macro duckdb__unnest_json(relation, columns, list_column, fields) -%}
    select
        {{ columns | join(', ') }},
        item_number,
        {% for name, path in fields.items() -%}
        json_extract_string(item, '$.{{ path }}') as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            {{ columns | join(', ') }},
            unnest(items) as item,
            generate_subscripts(items, 1) as item_number
        from (
            select
                {{ columns | join(', ') }},
                case when json_valid({{ list_column }}) then json_extract({{ list_column }}, '$[*]')
                end as items
            from {{ relation }}
        ) as lists
    ) as members
{%- endmacro %}

{% macro spark__unnest_json(relation, columns, list_column, fields) -%}
    select
        {{ columns | join(', ') }},
        position + 1 as item_number,
        {% for name, path in fields.items() -%}
        get_json_object(item, '$.{{ path }}') as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ relation }}
    lateral view posexplode(from_json({{ list_column }}, 'array<string>')) items as position, item
{%- endmacro %}
