{#
    Wilson score interval (1927) of a share, one bound, in percent. `side` is 'low' or 'high'.
    74 of 107 = 69.16 % [59.87, 77.12]. Rounding may leave a bound a hair below 0: none is.
#}
{% macro wilson_interval(successes, n, side) -%}
    {%- set z = normal_quantile() -%}
    {%- set p = "(cast(" ~ successes ~ " as double) / nullif(" ~ n ~ ", 0))" -%}
    {%- set sign = '-' if side == 'low' else '+' -%}
    abs(
        100.0 * (
            {{ p }} + {{ z }} * {{ z }} / (2.0 * {{ n }})
            {{ sign }} {{ z }} * sqrt(
                {{ p }} * (1.0 - {{ p }}) / {{ n }} + {{ z }} * {{ z }} / (4.0 * {{ n }} * {{ n }})
            )
        ) / (1.0 + {{ z }} * {{ z }} / {{ n }})
    )
{%- endmacro %}
