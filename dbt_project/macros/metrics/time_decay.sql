{# What is left of a point after some weeks: half of it after each half-life. 4 weeks of 4: 0.5. #}
{% macro time_decay(age_weeks, half_life_weeks) -%}
    cast(power(0.5, {{ age_weeks }} / cast({{ half_life_weeks }} as double)) as decimal(18, 12))
{%- endmacro %}

{# Points after decay, to six places: sums of them do not depend on their order. #}
{% macro decayed(points, share) -%}
    cast({{ points }} * {{ share }} as decimal(18, 6))
{%- endmacro %}

{#
    Trend of a score: the score less the mean of those of the previous weeks, silent ones included;
    null until the customer has been one for that many weeks.
#}
{% macro score_trend(score, sum_of_previous, weeks, weeks_as_customer) -%}
    case
        when {{ weeks_as_customer }} >= {{ weeks }}
            then cast({{ weeks }} * {{ score }} - {{ sum_of_previous }} as double) / {{ weeks }}.0
    end
{%- endmacro %}
