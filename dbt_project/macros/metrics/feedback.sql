{# Sentiment of a text by the bounds of its language, which belong to the label; unscored: empty. #}
{% macro sentiment_label(sentiment, labels) -%}
    case
        when {{ sentiment }} >= {{ labels }}.positive_at_least then 'positive'
        when {{ sentiment }} <= {{ labels }}.negative_at_most then 'negative'
        when {{ sentiment }} is not null then 'neutral'
    end
{%- endmacro %}

{# A rating on a scale of five stars: 8 of 10 are 4. #}
{% macro stars(rating, scale_max) -%}
    (cast({{ rating }} as double) * 5.0 / nullif({{ scale_max }}, 0))
{%- endmacro %}

{# Whether a ticket's customer was satisfied; `offered` and `unoffered` are not answers. #}
{% macro is_satisfied(satisfaction) -%}
    case {{ satisfaction }} when 'good' then true when 'bad' then false end
{%- endmacro %}
