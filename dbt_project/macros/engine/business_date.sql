{# Date of a UTC timestamp in the business time zone (FUNNEL_TIMEZONE). #}
{% macro business_date(moment) -%}
    {{ adapter.dispatch('business_date')(moment, env_var('FUNNEL_TIMEZONE', 'UTC') or 'UTC') }}
{%- endmacro %}

{% macro duckdb__business_date(moment, time_zone) -%}
    {%- if time_zone == 'UTC' -%}
    cast({{ moment }} as date)
    {%- else -%}
    cast(timezone('{{ time_zone }}', timezone('UTC', {{ moment }})) as date)
    {%- endif -%}
{%- endmacro %}

{% macro spark__business_date(moment, time_zone) -%}
    cast(from_utc_timestamp({{ moment }}, '{{ time_zone }}') as date)
{%- endmacro %}
