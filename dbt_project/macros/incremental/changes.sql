{#
    How a table learns what is new.

    Records carry the number of the build in which they changed (`changed_in`); an incremental
    model logs every row that it removes or adds in `changes.<model>`. What has changed since the
    last build that brought every table up to date is what must be rebuilt: a build that was killed
    leaves numbers and logs behind, and the next one makes good; one that is complete drops the logs.
#}

{# Number of the last build that brought every table up to date; 0 where there is none. #}
{% macro completed_build() -%}
    {%- if execute and is_incremental() -%}
        {%- set row = run_query("select coalesce(completed, 0) from raw_ledger.build").rows[0] -%}
        {{ return(row[0] | int) }}
    {%- endif -%}
    {{ return(0) }}
{%- endmacro %}

{# Whether a record has changed, or is gone, since the tables were last up to date. #}
{% macro is_changed(alias) -%}
    {{ alias }}.changed_in > {{ completed_build() }}
{%- endmacro %}

{# Where an incremental model logs the rows that it removes or adds. #}
{% macro change_log(relation) -%}
    {{ return(api.Relation.create(
        database=relation.database, schema='changes', identifier=relation.identifier
    )) }}
{%- endmacro %}

{# Columns of the rows that an incremental model has removed or added since then. #}
{% macro changed_rows(relation, columns) -%}
    {%- if is_incremental() and has_change_log(relation) -%}
    select {{ columns }} from {{ change_log(relation) }}
    {%- else -%}
    select {{ columns }} from {{ relation }} where 1 = 0
    {%- endif -%}
{%- endmacro %}

{# Whether an incremental model has exchanged some of its rows since then. #}
{% macro has_change_log(relation) -%}
    {{ return(execute and load_cached_relation(change_log(relation)) is not none) }}
{%- endmacro %}

{# The same while a build is under way; a table built by itself later leaves a log behind too. #}
{% macro is_exchanged_in_part(relation) -%}
    {%- if not has_change_log(relation) -%}{{ return(false) }}{%- endif -%}
    {%- set state = run_query("select build > completed from raw_ledger.build").rows[0] -%}
    {{ return(state[0]) }}
{%- endmacro %}

{# Keys of records that have changed or whose e-mail or customer id now names somebody else. #}
{% macro touched_records(records, key) -%}
    select {{ key }}
    from {{ records }} as records
    where {{ is_changed('records') }}
    union all
    select {{ key }}
    from {{ records }} as records
    where records.customer_id in (
        {{ changed_rows(ref('int_customer_ids'), 'customer_id') }}
    )
    union all
    select {{ key }}
    from {{ records }} as records
    where records.email in (
        {{ changed_rows(ref('int_emails'), 'email') }}
    )
{%- endmacro %}

{# Whether a record is one of those; for tables with a row per record. #}
{% macro is_touched_record(alias) -%}
    {%- if is_incremental() -%}
    (
        {{ is_changed(alias) }}
        or {{ alias }}.customer_id in (
            {{ changed_rows(ref('int_customer_ids'), 'customer_id') }}
        )
        or {{ alias }}.email in (
            {{ changed_rows(ref('int_emails'), 'email') }}
        )
    )
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}
