{#
    Language, sentiment, confidence, model_version and words of a text, as a struct: a function of
    Python (orchestration/texts) that is registered with the engine. Call it for new texts only.
#}
{% macro score_text(text, language) -%}
    {{ adapter.dispatch('score_text')(text, language) }}
{%- endmacro %}

{% macro duckdb__score_text(text, language) -%}
    score_text({{ text }}, {{ language }})
{%- endmacro %}

{% macro spark__score_text(text, language) -%}
    score_text({{ text }}, {{ language }})
{%- endmacro %}
