{#
    Weights against non-response: of whoever was invited in a month, the respondents stand for the
    segments and touchpoints of all. Computed whole: a few cells per month.
#}
with invited as (

    select
        metrics.metric || ' ' || cast(outcomes.month as string) as cohort,
        metrics.metric,
        outcomes.month,
        outcomes.segment,
        outcomes.touchpoint,
        count(*) as invited
    from {{ ref('int_invitation_outcomes') }} as outcomes
    inner join {{ ref('int_survey_metrics') }} as metrics
        on outcomes.survey_id = metrics.survey_id
    where outcomes.outcome <> 'not eligible'
    group by metrics.metric, outcomes.month, outcomes.segment, outcomes.touchpoint

),

responded as (

    select
        metric,
        invited_month,
        invited_segment,
        invited_touchpoint,
        count(*) as responded
    from {{ ref('int_survey_scores') }}
    where invitation_id is not null
    group by metric, invited_month, invited_segment, invited_touchpoint

),

cells as (

    select
        invited.cohort,
        invited.segment,
        invited.touchpoint,
        invited.invited,
        coalesce(responded.responded, 0) as responded
    from invited
    left join responded
        on invited.metric = responded.metric
        and invited.month = responded.invited_month
        and invited.segment = responded.invited_segment
        and invited.touchpoint = responded.invited_touchpoint

),

{{ raking('cells', 'cohort', 'segment', 'touchpoint') }}

select
    invited.metric,
    invited.month,
    invited.segment,
    invited.touchpoint,
    invited.invited,
    raked.responded,
    raked.is_covered,
    cast(round(case when raked.responded > 0 then raked.weight end, 6) as decimal(18, 6)) as weight
from raked
inner join invited
    on raked.cohort = invited.cohort
    and raked.segment = invited.segment
    and raked.touchpoint = invited.touchpoint
