{# Whether a table exists now; dbt's own memory knows only what was there when it began. #}
{% macro table_exists(relation) -%}
    {{ return(adapter.dispatch('table_exists')(relation)) }}
{%- endmacro %}

{% macro duckdb__table_exists(relation) -%}
    {%- set found = run_query(
        "select count(*) from duckdb_tables() where schema_name = '" ~ relation.schema
        ~ "' and table_name = '" ~ relation.identifier ~ "'"
    ) -%}
    {{ return(found.rows[0][0] > 0) }}
{%- endmacro %}

{% macro spark__table_exists(relation) -%}
    {{ return(run_query(
        "show tables in " ~ relation.schema ~ " like '" ~ relation.identifier ~ "'"
    ).rows | length > 0) }}
{%- endmacro %}
