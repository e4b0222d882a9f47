{#
    Everybody who answered a survey was asked the open question: whoever has no answer on a brand
    did not name it. The list was put to those who have an answer on it. A respondent belongs to
    the month of the first answer.
#}
{{ config(materialized='incremental') }}
{% set touched %}
    select survey_id
    from {{ ref('int_brand_awareness_answers') }} as answers
    where {{ is_changed('answers') }}
{% endset %}
{{ rebuild_only(touched) }}

with answers as (

    select
        survey_id,
        respondent_id,
        brand,
        is_own_brand,
        unaided_rank,
        is_aided,
        exposure_group,
        answer_date
    from {{ ref('int_brand_awareness_answers') }}
    where not is_removed and {{ is_touched('survey_id') }}

),

respondents as (

    select
        survey_id,
        respondent_id,
        cast(date_trunc('month', min(answer_date)) as date) as month,
        -- whoever is said to be in both groups is in neither
        case when min(exposure_group) = max(exposure_group) then min(exposure_group) end
            as exposure_group
    from answers
    group by survey_id, respondent_id

),

brands as (

    select
        survey_id,
        brand,
        bool_or(is_own_brand) as is_own_brand
    from answers
    group by survey_id, brand

),

surveys as (

    select
        survey_id,
        bool_or(unaided_rank is not null) as has_open_question
    from answers
    group by survey_id

),

asked as (

    select
        respondents.survey_id,
        respondents.month,
        respondents.exposure_group,
        brands.brand,
        brands.is_own_brand,
        surveys.has_open_question,
        answers.unaided_rank,
        answers.is_aided
    from respondents
    inner join surveys
        on respondents.survey_id = surveys.survey_id
    inner join brands
        on respondents.survey_id = brands.survey_id
    left join answers
        on respondents.survey_id = answers.survey_id
        and respondents.respondent_id = answers.respondent_id
        and brands.brand = answers.brand

),

measured as (

    select
        survey_id, month, exposure_group, brand, is_own_brand,
        'unaided' as measure,
        {{ is_unaided('unaided_rank') }} as is_aware
    from asked
    where has_open_question
    union all
    select
        survey_id, month, exposure_group, brand, is_own_brand,
        'top_of_mind' as measure,
        {{ is_top_of_mind('unaided_rank') }} as is_aware
    from asked
    where has_open_question
    union all
    select
        survey_id, month, exposure_group, brand, is_own_brand,
        'aided' as measure,
        is_aided as is_aware
    from asked
    where is_aided is not null

),

counts as (

    select
        survey_id,
        month,
        brand,
        measure,
        is_own_brand,
        count(*) as n,
        count(case when is_aware then measure end) as aware_count,
        count(case when exposure_group = 'exposed' then measure end) as exposed_n,
        count(case when exposure_group = 'exposed' and is_aware then measure end)
            as exposed_aware_count,
        count(case when exposure_group = 'control' then measure end) as control_n,
        count(case when exposure_group = 'control' and is_aware then measure end)
            as control_aware_count
    from measured
    group by survey_id, month, brand, measure, is_own_brand

),

detectable as (

    select
        counts.survey_id,
        counts.month,
        counts.brand,
        counts.measure,
        min(needed.detectable_lift_points) as detectable_lift_points
    from counts
    inner join {{ ref('brand_lift_responses') }} as needed
        on counts.exposed_n + counts.control_n >= needed.max_responses
        and counts.exposed_n > 0
        and counts.control_n > 0
    group by counts.survey_id, counts.month, counts.brand, counts.measure

)

{% set compared = ['counts.exposed_aware_count', 'counts.exposed_n', 'counts.control_aware_count', 'counts.control_n'] %}
select
    counts.survey_id,
    counts.month,
    counts.brand,
    counts.measure,
    counts.is_own_brand,
    counts.n,
    counts.aware_count,
    {{ rate_pct('counts.aware_count', 'counts.n') }} as awareness_pct,
    {{ wilson_interval('counts.aware_count', 'counts.n', 'low') }} as ci_low_pct,
    {{ wilson_interval('counts.aware_count', 'counts.n', 'high') }} as ci_high_pct,
    counts.exposed_n,
    counts.exposed_aware_count,
    counts.control_n,
    counts.control_aware_count,
    {{ absolute_lift(*compared) }} as absolute_lift_points,
    {{ difference_interval(*compared, side='low') }} as absolute_lift_low_points,
    {{ difference_interval(*compared, side='high') }} as absolute_lift_high_points,
    {{ relative_lift(*compared) }} as relative_lift_pct,
    {{ headroom_lift(*compared) }} as headroom_lift_pct,
    detectable.detectable_lift_points,
    detectable.detectable_lift_points is not null as is_enough_responses
from counts
left join detectable
    on counts.survey_id = detectable.survey_id
    and counts.month = detectable.month
    and counts.brand = detectable.brand
    and counts.measure = detectable.measure
