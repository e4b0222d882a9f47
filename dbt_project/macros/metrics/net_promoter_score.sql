{# Promoters answer 9 or 10, detractors 0 to 6, passives 7 or 8, on the scale 0 to 10. #}
{% macro is_promoter(score) -%}({{ score }} >= 9){%- endmacro %}
{% macro is_detractor(score) -%}({{ score }} <= 6){%- endmacro %}

{# Net promoter score: share of promoters less share of detractors, -100 to 100. #}
{% macro net_promoter_score(promoters, detractors, n) -%}
    (100.0 * cast({{ promoters }} - {{ detractors }} as double) / nullif({{ n }}, 0))
{%- endmacro %}

{#
    Adjusted Wald interval of a net promoter score (Sauro and Lewis; Rocks 2016), one bound:
    three answers are added (3/4 promoter, 3/4 detractor, 3/2 passive), then the standard error
    of the difference of two proportions; cut at -100 and 100. 50/30/20 gives [14.05, 44.20].
#}
{% macro net_promoter_interval(promoters, detractors, n, side) -%}
    {%- set p = "((" ~ promoters ~ " + 0.75) / (" ~ n ~ " + 3.0))" -%}
    {%- set d = "((" ~ detractors ~ " + 0.75) / (" ~ n ~ " + 3.0))" -%}
    {%- set sign = '-' if side == 'low' else '+' -%}
    {{ 'greatest' if side == 'low' else 'least' }}(
        {{ '-' if side == 'low' }}100.0,
        100.0 * (
            {{ p }} - {{ d }} {{ sign }} {{ normal_quantile() }} * sqrt(
                ({{ p }} + {{ d }} - ({{ p }} - {{ d }}) * ({{ p }} - {{ d }})) / ({{ n }} + 3.0)
            )
        )
    )
{%- endmacro %}
