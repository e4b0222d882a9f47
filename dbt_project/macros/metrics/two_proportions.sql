{#
    Two shares compared: a of n in the group that was treated, b of m in the control group.
    140 of 1,000 against 100 of 1,000: 4 points [1.157, 6.843], relative 40 %, headroom 4.44 %,
    z 2.7524, p 0.00592. A share that is missing makes all of them null.
#}

{# Difference of the shares in percentage points. #}
{% macro absolute_lift(a, n, b, m) -%}
    (100.0 * cast({{ a }} * {{ m }} - {{ b }} * {{ n }} as double) / nullif({{ n }} * {{ m }}, 0))
{%- endmacro %}

{# Difference by the control's share, in percent; null where the control's share is 0. #}
{% macro relative_lift(a, n, b, m) -%}
    (100.0 * cast({{ a }} * {{ m }} - {{ b }} * {{ n }} as double) / nullif({{ b }} * {{ n }}, 0))
{%- endmacro %}

{# Difference by what the control's share lacks to 1, in percent; null where that share is 1. #}
{% macro headroom_lift(a, n, b, m) -%}
    (
        100.0 * cast({{ a }} * {{ m }} - {{ b }} * {{ n }} as double)
        / nullif({{ n }} * ({{ m }} - {{ b }}), 0)
    )
{%- endmacro %}

{# Interval of the difference, one bound in percentage points, with unpooled variance. #}
{% macro difference_interval(a, n, b, m, side) -%}
    {%- set p = "(cast(" ~ a ~ " as double) / nullif(" ~ n ~ ", 0))" -%}
    {%- set q = "(cast(" ~ b ~ " as double) / nullif(" ~ m ~ ", 0))" -%}
    (
        {{ absolute_lift(a, n, b, m) }} {{ '-' if side == 'low' else '+' }} sqrt(
            {{ p }} * (1.0 - {{ p }}) / {{ n }} + {{ q }} * (1.0 - {{ q }}) / {{ m }}
        ) * {{ normal_quantile() }} * 100.0
    )
{%- endmacro %}

{# z of the difference, with pooled variance; null where nobody or everybody converted. #}
{% macro two_proportion_z(a, n, b, m) -%}
    {%- set pooled = "(cast(" ~ a ~ " + " ~ b ~ " as double) / nullif(" ~ n ~ " + " ~ m ~ ", 0))" -%}
    (
        {{ absolute_lift(a, n, b, m) }} / 100.0
        / nullif(sqrt({{ pooled }} * (1.0 - {{ pooled }}) * (1.0 / nullif({{ n }}, 0) + 1.0 / nullif({{ m }}, 0))), 0)
    )
{%- endmacro %}

{#
    Two-sided p of a standard normal z: the complementary error function by the Chebyshev fit of
    Numerical Recipes (erfcc, relative error below 1.2e-7), as no engine-neutral function exists.
#}
{% macro two_sided_p(z) -%}
    {%- set x = "(abs(" ~ z ~ ") / sqrt(2.0))" -%}
    {%- set t = "(1.0 / (1.0 + 0.5 * " ~ x ~ "))" -%}
    {%- set fit = ['0.17087277'] -%}
    {%- for coefficient in [
        '-0.82215223', '1.48851587', '-1.13520398', '0.27886807', '-0.18628806', '0.09678418',
        '0.37409196', '1.00002368', '-1.26551223'
    ] -%}
        {%- do fit.append('(' ~ coefficient ~ ' + ' ~ t ~ ' * ' ~ fit[-1] ~ ')') -%}
    {%- endfor -%}
    (case when {{ z }} = 0 then 1.0 else {{ t }} * exp(-{{ x }} * {{ x }} + {{ fit[-1] }}) end)
{%- endmacro %}

{# One group's part of the chi-square of a split; above the limit of the seed it is not the planned one. #}
{% macro sample_ratio_part(observed, expected) -%}
    (({{ observed }} - {{ expected }}) * ({{ observed }} - {{ expected }}) / nullif({{ expected }}, 0))
{%- endmacro %}
