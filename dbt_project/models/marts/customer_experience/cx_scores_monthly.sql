{% set breakdowns = cx_breakdowns() %}
{% set group = 'month, metric, breakdown, source, breakdown_value' %}

with answers as (

    select
        cast(date_trunc('month', scores.answer_date) as date) as month,
        scores.metric,
        scores.source,
        scores.survey_id,
        scores.touchpoint,
        scores.journey_phase,
        scores.channel,
        scores.segment,
        scores.is_favourable,
        scores.is_unfavourable,
        weights.weight
    from {{ ref('int_survey_scores') }} as scores
    left join {{ ref('int_survey_weights') }} as weights
        on scores.metric = weights.metric
        and scores.invited_month = weights.month
        and scores.invited_segment = weights.segment
        and scores.invited_touchpoint = weights.touchpoint

),

answers_by as (

    {% for breakdown, source, value in breakdowns %}
    select
        month,
        metric,
        {{ breakdown }} as breakdown,
        {{ source }} as source,
        {{ value }} as breakdown_value,
        is_favourable,
        is_unfavourable,
        weight
    from answers
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

invitations as (

    select
        outcomes.month,
        metrics.metric,
        outcomes.survey_id,
        outcomes.touchpoint,
        outcomes.journey_phase,
        outcomes.channel,
        outcomes.segment,
        outcomes.outcome
    from {{ ref('int_invitation_outcomes') }} as outcomes
    inner join {{ ref('int_survey_metrics') }} as metrics
        on outcomes.survey_id = metrics.survey_id
    where outcomes.outcome <> 'not eligible'

),

invitations_by as (

    {% for breakdown, _, value in breakdowns %}
    select
        month,
        metric,
        {{ breakdown }} as breakdown,
        {{ value }} as breakdown_value,
        outcome
    from invitations
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

response as (

    select
        month,
        metric,
        breakdown,
        breakdown_value,
        count(*) as invited,
        {% for outcome in ('complete', 'partial', 'refusal', 'non-contact', 'other', 'unknown') %}
        cast(sum(case when outcome = '{{ outcome }}' then 1 else 0 end) as bigint)
            as {{ outcome | replace('-', '_') }}{{ ',' if not loop.last }}
        {% endfor %}
    from invitations_by
    group by month, metric, breakdown, breakdown_value

),

counts as (

    select
        {{ group }},
        count(*) as n,
        cast(sum(case when is_favourable then 1 else 0 end) as bigint) as favourable_count,
        cast(sum(case when is_unfavourable then 1 else 0 end) as bigint) as unfavourable_count,
        count(weight) as weighted_answer_count,
        cast(sum(weight) as double) as weights,
        cast(sum(cast(weight * weight as decimal(28, 12))) as double) as squared_weights,
        cast(sum(case when is_favourable then weight else 0 end) as double)
            as favourable_weights,
        cast(sum(case when is_unfavourable then weight else 0 end) as double)
            as unfavourable_weights
    from answers_by
    group by {{ group }}

),

weighted as (

    select
        {{ group }},
        n,
        favourable_count,
        unfavourable_count,
        weighted_answer_count,
        -- A share of equal weights is exactly 1: a hundred times them by them need not be 100.
        favourable_weights / nullif(weights, 0) as favourable_share,
        unfavourable_weights / nullif(weights, 0) as unfavourable_share,
        {{ effective_n('weights', 'squared_weights') }} as effective_n,
        {{ design_effect('weighted_answer_count', 'weights', 'squared_weights') }}
            as design_effect
    from counts

),

effective as (

    select
        {{ group }},
        n,
        favourable_count,
        unfavourable_count,
        weighted_answer_count,
        effective_n,
        design_effect,
        favourable_share,
        unfavourable_share,
        favourable_share * effective_n as effective_favourable,
        unfavourable_share * effective_n as effective_unfavourable
    from weighted

),

scores as (

    select
        {{ group }},
        n,
        favourable_count,
        unfavourable_count,
        weighted_answer_count,
        effective_n,
        design_effect,
        case metric
            when 'nps'
                then {{ net_promoter_score('favourable_count', 'unfavourable_count', 'n') }}
            else {{ rate_pct('favourable_count', 'n') }}
        end as score,
        case metric
            when 'nps'
                then {{ net_promoter_score('favourable_share', 'unfavourable_share', '1') }}
            else {{ rate_pct('favourable_share', '1') }}
        end as weighted_score,
        {% for name, good, bad, of in (
            ('', 'favourable_count', 'unfavourable_count', 'n'),
            ('weighted_', 'effective_favourable', 'effective_unfavourable', 'effective_n'),
        ) %}
        {% for side in ('low', 'high') %}
        case metric
            when 'nps' then {{ net_promoter_interval(good, bad, of, side) }}
            else {{ wilson_interval(good, of, side) }}
        end as {{ name }}ci_{{ side }}{{ ',' if not loop.last }}
        {% endfor %}{{ ',' if not loop.last }}
        {% endfor %}
    from effective

)

select
    scores.month,
    scores.metric,
    scores.breakdown,
    scores.source,
    scores.breakdown_value,
    response.invited,
    response.complete as responded,
    {{ response_rate_1(
        'response.complete', 'response.partial', 'response.refusal', 'response.non_contact',
        'response.other', 'response.unknown', '0'
    ) }} as response_rate_pct,
    scores.n,
    scores.favourable_count,
    scores.unfavourable_count,
    scores.score,
    scores.ci_low,
    scores.ci_high,
    scores.weighted_answer_count,
    scores.effective_n,
    scores.design_effect,
    scores.weighted_score,
    case when scores.weighted_answer_count > 0 then scores.weighted_ci_low end as weighted_ci_low,
    case when scores.weighted_answer_count > 0 then scores.weighted_ci_high end
        as weighted_ci_high,
    levels.level,
    scores.ci_low < levels.lower_bound or coalesce(scores.ci_high >= levels.upper_bound, false)
        as is_level_uncertain
from scores
left join response
    on scores.month = response.month
    and scores.metric = response.metric
    and scores.breakdown = response.breakdown
    and scores.breakdown_value = response.breakdown_value
left join {{ ref('cx_levels') }} as levels
    on scores.metric = levels.metric
    and {{ within_level('scores.score', 'levels') }}
