{#
    An incremental model begins with the query of the keys it has to rebuild:

        {% set touched %} select visitor_id from … {% endset %}
        {{ rebuild_only(touched) }}

    and reads only what belongs to them, with `is_touched`. Where there is nothing to go on (the
    first build, an engine that rebuilds everything) the same model builds the whole table. A model
    without such a query is computed whole and compared with what stands.
#}

{% macro rebuild_only(touched) -%}
    {%- if execute and is_incremental() -%}
        {%- do run_query(keep_touched_keys(touched_keys(), touched)) -%}
    {%- endif -%}
{%- endmacro %}

{# Name of the table of keys to rebuild; it lives as long as the model's connection. #}
{% macro touched_keys() -%}
    {{ return('touched__' ~ this.identifier) }}
{%- endmacro %}

{# Condition that columns (of the model's rows, in the order of the keys) are to be rebuilt. #}
{% macro is_touched(columns, keys=none) -%}
    {%- if is_incremental() -%}
    ({{ columns }}) in (select ({{ keys or columns }}) from {{ touched_keys() }})
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#
    Strategy `touched`: of the rows under the touched keys, those that are new or have gone are
    exchanged and logged, all in one transaction; rows that came out the same are left alone.
#}
{% macro get_incremental_touched_sql(arguments) -%}
    {%- set target = arguments['target_relation'] -%}
    {%- set rebuilt = arguments['temp_relation'] -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set grain = config.get('meta')['grain'] | join(', ') -%}
    {%- set log = change_log(target) -%}
    {%- do adapter.cache_added(log) -%}
    {%- set name = target.identifier -%}
    {%- set keys = none -%}
    {%- if 'rebuild_only(' in model.raw_code -%}
        {%- set described = run_query('select * from ' ~ touched_keys() ~ ' limit 0') -%}
        {%- set keys = described.column_names | join(', ') -%}
    {%- endif -%}
    create or replace temp table standing__{{ name }} as
    select {{ columns }} from {{ target }}
    {% if keys %}where ({{ keys }}) in (select ({{ keys }}) from {{ touched_keys() }}){% endif %};

    create or replace temp table exchanged__{{ name }} as
    select {{ columns }}, true as is_new from (
        select {{ columns }} from {{ rebuilt }}
        except all select {{ columns }} from standing__{{ name }}
    )
    union all
    select {{ columns }}, false as is_new from (
        select {{ columns }} from standing__{{ name }}
        except all select {{ columns }} from {{ rebuilt }}
    );

    create table if not exists {{ log }} as
    select {{ columns }} from {{ target }} limit 0;

    insert into {{ log }}
    select {{ columns }} from exchanged__{{ name }};

    delete from {{ target }}
    where ({{ grain }}) in (select ({{ grain }}) from exchanged__{{ name }});

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ rebuilt }}
    where ({{ grain }}) in (select ({{ grain }}) from exchanged__{{ name }});

    drop table standing__{{ name }};
    drop table exchanged__{{ name }};
{%- endmacro %}
