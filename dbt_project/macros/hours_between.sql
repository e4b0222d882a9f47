{# Hours from one timestamp to a later one, with fractions. #}
{% macro hours_between(earlier, later) -%}
    ({{ seconds_between(earlier, later) }} / 3600.0)
{%- endmacro %}

{# Hours of an answer to a question; empty where it is missing or earlier than the question. #}
{% macro hours_until(asked_at, answered_at) -%}
    case
        when {{ answered_at }} >= {{ asked_at }} then {{ hours_between(asked_at, answered_at) }}
    end
{%- endmacro %}
