{# A limit from the seed experience_settings. #}
{% macro experience_setting(name) -%}
    (select value from {{ ref('experience_settings') }} where setting = '{{ name }}')
{%- endmacro %}
