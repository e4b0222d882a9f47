{# Highest answer of a question's scale where the tool does not say. #}
{% macro scale_max(question_kind, delivered) -%}
    coalesce(
        {{ delivered }},
        case {{ question_kind }}
            when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 when 'ces_v1' then 5
        end
    )
{%- endmacro %}

{# Customer effort score 2.0, agreement from 1 to 7: five and more agree that it was easy (Gartner). #}
{% macro is_easy(score) -%}({{ score }} >= 5){%- endmacro %}

{# Customer effort score 1.0, effort from 1 (very low) to 5 (very high): low is good. #}
{% macro is_low_effort(score) -%}({{ score }} <= 2){%- endmacro %}
