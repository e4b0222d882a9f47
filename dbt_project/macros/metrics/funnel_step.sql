{#
    The next step of an ordered funnel: for each person who may take it, the earliest moment of
    this step at or after the nearest required step before it and within the step's own window
    (GrowthBook's rule). Who misses a required step goes no further; an optional one may be
    missed, and no window is counted from it. A step of the same kind as the one before it
    (`is_repeat`) must come later than that one.
#}
{% macro funnel_step(previous, rank, is_repeat=false) -%}
    select
        person_id,
        anchor_at as previous_at,
        reached_at,
        case when is_required then reached_at else anchor_at end as anchor_at
    from (
        select
            people.person_id,
            people.anchor_at,
            stages.is_required,
            min(moments.occurred_at) as reached_at
        from {{ previous }} as people
        inner join {{ ref('funnel_stages') }} as stages
            on stages.stage_rank = {{ rank }}
        left join moments
            on people.person_id = moments.person_id
            and stages.stage_rank = moments.stage_rank
            and moments.occurred_at {{ '>' if is_repeat else '>=' }} people.anchor_at
            and {{ days_between('people.anchor_at', 'moments.occurred_at') }} <= stages.window_days
        group by people.person_id, people.anchor_at, stages.is_required
    ) as step
    where reached_at is not null or not is_required
{%- endmacro %}
