{# Statement that keeps the keys an incremental model has to rebuild, each once. #}
{% macro keep_touched_keys(name, touched) -%}
    {{ adapter.dispatch('keep_touched_keys')(name, touched) }}
{%- endmacro %}

{% macro duckdb__keep_touched_keys(name, touched) -%}
    create or replace temp table {{ name }} as
    select distinct * from ({{ touched }}) where columns(*) is not null
{%- endmacro %}

{% macro spark__keep_touched_keys(name, touched) -%}
    create or replace temporary view {{ name }} as
    select distinct * from ({{ touched }})
{%- endmacro %}
