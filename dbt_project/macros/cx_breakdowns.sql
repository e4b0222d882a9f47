{# What survey scores are split by: name, source and value; each of them holds every answer once. #}
{% macro cx_breakdowns() -%}
    {{ return([
        ["'all'", "'all'", "'all'"],
        ["'survey'", 'source', 'survey_id'],
        ["'touchpoint'", "'all'", 'touchpoint'],
        ["'journey_phase'", "'all'", 'journey_phase'],
        ["'channel'", "'all'", 'channel'],
        ["'segment'", "'all'", 'segment'],
    ]) }}
{%- endmacro %}
