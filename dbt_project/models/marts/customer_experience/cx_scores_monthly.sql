with answers as (

    select
        answers.source,
        answers.survey_id,
        answers.question_kind as metric,
        cast(date_trunc('month', answers.answer_date) as date) as month,
        case answers.question_kind
            when 'nps' then {{ is_promoter('answers.score') }}
            when 'csat' then answers.score >= positive.lowest_positive
            when 'ces' then {{ is_easy('answers.score') }}
        end as is_favourable,
        answers.question_kind = 'nps' and {{ is_detractor('answers.score') }} as is_unfavourable
    from {{ ref('survey_answers') }} as answers
    left join {{ ref('csat_positive_answers') }} as positive
        on answers.scale_max = positive.scale_max
    where answers.question_kind in ('nps', 'csat', 'ces') and answers.score is not null

),

counts as (

    select
        source,
        survey_id,
        metric,
        month,
        count(*) as n,
        cast(sum(case when is_favourable then 1 else 0 end) as bigint) as favourable_count,
        cast(sum(case when is_unfavourable then 1 else 0 end) as bigint) as unfavourable_count
    from answers
    where is_favourable is not null
    group by source, survey_id, metric, month

),

scores as (

    select
        source,
        survey_id,
        metric,
        month,
        n,
        favourable_count,
        unfavourable_count,
        case metric
            when 'nps'
                then {{ net_promoter_score('favourable_count', 'unfavourable_count', 'n') }}
            else {{ rate_pct('favourable_count', 'n') }}
        end as score,
        case metric
            when 'nps'
                then {{ net_promoter_interval('favourable_count', 'unfavourable_count', 'n', 'low') }}
            else {{ wilson_interval('favourable_count', 'n', 'low') }}
        end as ci_low,
        case metric
            when 'nps'
                then {{ net_promoter_interval('favourable_count', 'unfavourable_count', 'n', 'high') }}
            else {{ wilson_interval('favourable_count', 'n', 'high') }}
        end as ci_high
    from counts

)

select
    scores.source,
    scores.survey_id,
    scores.metric,
    scores.month,
    scores.n,
    scores.favourable_count,
    scores.unfavourable_count,
    scores.score,
    scores.ci_low,
    scores.ci_high,
    levels.level,
    scores.ci_low < levels.lower_bound or coalesce(scores.ci_high >= levels.upper_bound, false)
        as is_level_uncertain
from scores
left join {{ ref('cx_levels') }} as levels
    on scores.metric = levels.metric
    and {{ within_level('scores.score', 'levels') }}
