{#
    95 % interval of the difference of two net promoter scores of different answers, one bound, in
    points: normal, with the standard error of each (variance p + d - (p - d)^2, by its n).
    50/30/20 against 30/30/40 of 100 each: 40 [17.65, 62.35].
#}
{% macro difference_of_nps(promoters, detractors, n, other_promoters, other_detractors, other_n) -%}
    (
        {{ net_promoter_score(promoters, detractors, n) }}
        - {{ net_promoter_score(other_promoters, other_detractors, other_n) }}
    )
{%- endmacro %}

{% macro difference_of_nps_bound(
    promoters, detractors, n, other_promoters, other_detractors, other_n, side
) -%}
    (
        {{ difference_of_nps(promoters, detractors, n, other_promoters, other_detractors, other_n) }}
        {{ '-' if side == 'low' else '+' }} 100.0 * sqrt(
            {{ nps_variance(promoters, detractors, n) }} / nullif({{ n }}, 0)
            + {{ nps_variance(other_promoters, other_detractors, other_n) }}
            / nullif({{ other_n }}, 0)
        ) * {{ normal_quantile() }}
    )
{%- endmacro %}

{% macro nps_variance(promoters, detractors, n) -%}
    {%- set p = "(cast(" ~ promoters ~ " as double) / nullif(" ~ n ~ ", 0))" -%}
    {%- set d = "(cast(" ~ detractors ~ " as double) / nullif(" ~ n ~ ", 0))" -%}
    ({{ p }} + {{ d }} - ({{ p }} - {{ d }}) * ({{ p }} - {{ d }}))
{%- endmacro %}
