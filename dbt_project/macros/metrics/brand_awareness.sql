{# Unaided: named in an open question; top of mind: named first (rank 1). #}
{% macro is_unaided(unaided_rank) -%}({{ unaided_rank }} is not null){%- endmacro %}
{% macro is_top_of_mind(unaided_rank) -%}coalesce({{ unaided_rank }} = 1, false){%- endmacro %}
