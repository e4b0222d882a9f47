{#
    Non-response weighting by raking (iterative proportional fitting): the respondents' weights are
    scaled to the invited people's margin of one attribute, then of the other, and again. Emits
    common table expressions behind `cells`, which has one row per group, first and second
    attribute with `invited` and `responded`; the last one, `raked`, adds `weight`.

    A margin's category nobody of whom responded cannot be weighted up: the margin is taken over
    the categories with respondents, and `covered` says how many invited people these stand for.
    Sums are taken over decimals, so that they do not depend on the order of the rows.
#}
{% macro raking(cells, group, first, second) -%}
    {%- set cell = [group, first, second] | join(', ') -%}
    {%- set sum_of = "cast(sum(cast({} as decimal(28, 12))) over (partition by {}) as double)" -%}
margins as (

    select
        {{ cell }},
        invited,
        responded,
        sum(responded) over (partition by {{ group }}) as responded_in_all,
        sum(invited) over (partition by {{ group }}, {{ first }}) as invited_first,
        sum(invited) over (partition by {{ group }}, {{ second }}) as invited_second,
        sum(responded) over (partition by {{ group }}, {{ first }}) > 0 as has_first,
        sum(responded) over (partition by {{ group }}, {{ second }}) > 0 as has_second
    from {{ cells }}

),

targets as (

    select
        {{ cell }},
        invited,
        responded,
        cast(responded_in_all * invited_first as double) / nullif(
            sum(case when has_first then invited end) over (partition by {{ group }}), 0
        ) as target_first,
        cast(responded_in_all * invited_second as double) / nullif(
            sum(case when has_second then invited end) over (partition by {{ group }}), 0
        ) as target_second,
        has_first and has_second as is_covered
    from margins

),

raked_0 as (

    select {{ cell }}, invited, responded, target_first, target_second, is_covered,
        cast(1 as double) as weight
    from targets

),

{% for step in range(raking_steps()) %}
raked_{{ step }}_first as (

    select {{ cell }}, invited, responded, target_first, target_second, is_covered,
        weight * target_first
        / nullif({{ sum_of.format('weight * responded', group ~ ', ' ~ first) }}, 0) as weight
    from raked_{{ step }}

),

raked_{{ step + 1 }} as (

    select {{ cell }}, invited, responded, target_first, target_second, is_covered,
        weight * target_second
        / nullif({{ sum_of.format('weight * responded', group ~ ', ' ~ second) }}, 0) as weight
    from raked_{{ step }}_first

),
{% endfor %}

raked as (

    select {{ cell }}, invited, responded, is_covered, weight
    from raked_{{ raking_steps() }}

)
{%- endmacro %}

{# Rounds of raking; after a handful the weights stand still unless cells are empty. #}
{% macro raking_steps() -%}{{ return(10) }}{%- endmacro %}

{# Kish: how many unweighted answers the weighted ones are worth. 1, 1, 2, 4: 64 / 22 = 2.91. #}
{% macro effective_n(sum_of_weights, sum_of_squares) -%}
    ({{ sum_of_weights }} * {{ sum_of_weights }} / nullif({{ sum_of_squares }}, 0))
{%- endmacro %}

{# Kish: how much the weights inflate the variance, 1 + their relative variance. 4 / 2.91 = 1.375. #}
{% macro design_effect(n, sum_of_weights, sum_of_squares) -%}
    ({{ n }} / nullif({{ effective_n(sum_of_weights, sum_of_squares) }}, 0))
{%- endmacro %}
