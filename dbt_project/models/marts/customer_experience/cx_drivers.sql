with answers as (

    select
        source,
        survey_id,
        submission_id,
        question_id,
        is_favourable,
        is_unfavourable
    from {{ ref('int_survey_scores') }}
    where metric = 'nps' and person_id is not null

),

totals as (

    select
        count(*) as answer_count,
        cast(sum(case when is_favourable then 1 else 0 end) as bigint) as promoter_count,
        cast(sum(case when is_unfavourable then 1 else 0 end) as bigint) as detractor_count
    from answers

),

factors as (

    select
        factors.factor_kind,
        factors.factor,
        count(*) as with_count,
        cast(sum(case when answers.is_favourable then 1 else 0 end) as bigint)
            as promoter_with_count,
        cast(sum(case when answers.is_unfavourable then 1 else 0 end) as bigint)
            as detractor_with_count
    from {{ ref('int_answer_factors') }} as factors
    inner join answers
        on factors.source = answers.source
        and factors.survey_id = answers.survey_id
        and factors.submission_id = answers.submission_id
        and factors.question_id = answers.question_id
    group by factors.factor_kind, factors.factor

),

compared as (

    select
        factors.factor_kind,
        factors.factor,
        factors.with_count,
        factors.promoter_with_count,
        factors.detractor_with_count,
        totals.answer_count - factors.with_count as without_count,
        totals.promoter_count - factors.promoter_with_count as promoter_without_count,
        totals.detractor_count - factors.detractor_with_count as detractor_without_count
    from factors
    cross join totals

),

judged as (

    select
        factor_kind,
        factor,
        with_count,
        promoter_with_count,
        detractor_with_count,
        without_count,
        promoter_without_count,
        detractor_without_count,
        least(with_count, without_count) >= {{ experience_setting('driver_min_answers') }}
            as has_enough_answers
    from compared

),

bounded as (

    select
        factor_kind,
        factor,
        with_count,
        promoter_with_count,
        detractor_with_count,
        without_count,
        promoter_without_count,
        detractor_without_count,
        has_enough_answers,
        {{ net_promoter_score('promoter_with_count', 'detractor_with_count', 'with_count') }}
            as nps_with,
        {{ net_promoter_score(
            'promoter_without_count', 'detractor_without_count', 'without_count'
        ) }} as nps_without,
        {{ difference_of_nps(
            'promoter_with_count', 'detractor_with_count', 'with_count',
            'promoter_without_count', 'detractor_without_count', 'without_count'
        ) }} as difference,
        {% for side in ('low', 'high') %}
        case
            when has_enough_answers
                then {{ difference_of_nps_bound(
                    'promoter_with_count', 'detractor_with_count', 'with_count',
                    'promoter_without_count', 'detractor_without_count', 'without_count', side
                ) }}
        end as ci_{{ side }}{{ ',' if not loop.last }}
        {% endfor %}
    from judged

)

select
    factor_kind,
    factor,
    with_count,
    promoter_with_count,
    detractor_with_count,
    nps_with,
    without_count,
    promoter_without_count,
    detractor_without_count,
    nps_without,
    difference,
    ci_low,
    ci_high,
    has_enough_answers,
    coalesce(ci_low > 0 or ci_high < 0, false) as is_different
from bounded
