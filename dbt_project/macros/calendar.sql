{# First day of the month or Monday of the week of a date. #}
{% macro month_of(date) -%}cast(date_trunc('month', {{ date }}) as date){%- endmacro %}
{% macro week_of(date) -%}cast(date_trunc('week', {{ date }}) as date){%- endmacro %}

{# A date some days, weeks or months later. #}
{% macro later(part, n, date) -%}cast({{ dbt.dateadd(part, n, date) }} as date){%- endmacro %}

{#
    Query of every day, week or month from one date to another, both included, in a column named
    after the part. The bounds are columns `first_date` and `last_date` of a relation with one row.
#}
{% macro every(part, bounds) -%}
    select {{ later(part, 'numbers.number', 'bounds.first_date') }} as {{ part }}
    from {{ bounds }} as bounds
    cross join ({{ whole_numbers({'day': 40000, 'week': 6000, 'month': 1500}[part]) }}) as numbers
    where {{ later(part, 'numbers.number', 'bounds.first_date') }} <= bounds.last_date
{%- endmacro %}

{# A row's value of the seed of engagement parameters. #}
{% macro parameter(name) -%}
    (select max(value) from {{ ref('engagement_parameters') }} where parameter = '{{ name }}')
{%- endmacro %}
