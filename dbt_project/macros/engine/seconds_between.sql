{# Seconds from one timestamp to a later one, with fractions. #}
{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1000000.0)
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    ((unix_micros({{ later }}) - unix_micros({{ earlier }})) / 1000000.0)
{%- endmacro %}

{# Days from one timestamp to a later one, with fractions. #}
{% macro days_between(earlier, later) -%}
    ({{ seconds_between(earlier, later) }} / 86400.0)
{%- endmacro %}
