{# Whether a value lies in a level's bounds: the lower one belongs to it, the upper one does not. #}
{% macro within_level(value, levels) -%}
    {{ value }} >= {{ levels }}.lower_bound
    and ({{ levels }}.upper_bound is null or {{ value }} < {{ levels }}.upper_bound)
{%- endmacro %}
