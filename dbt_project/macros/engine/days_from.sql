{# One row `date_day` per day from one date to another, both included. #}
{% macro days_from(first, last) -%}
    {{ adapter.dispatch('days_from')(first, last) }}
{%- endmacro %}

{% macro duckdb__days_from(first, last) -%}
    select cast(days.date_day as date) as date_day
    from generate_series(date '{{ first }}', date '{{ last }}', interval 1 day) as days (date_day)
{%- endmacro %}

{% macro spark__days_from(first, last) -%}
    select explode(sequence(date '{{ first }}', date '{{ last }}', interval 1 day)) as date_day
{%- endmacro %}
