{# Whether a page took longer to load than what counts as good. #}
{% macro is_slow_page(load_seconds) -%}
    {{ load_seconds }} > {{ experience_setting('slow_page_seconds') }}
{%- endmacro %}
