{# Standard normal quantile for a two-sided 95 % interval. #}
{% macro normal_quantile() -%}1.959963984540054{%- endmacro %}
