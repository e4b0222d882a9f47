{#
    Scored answers, each with the invitation it followed: the newest one to the same survey and
    person before it. An answer that is empty was not given: it counts nowhere.
#}
{{ config(materialized='incremental') }}
{% set key = 'source, survey_id, submission_id, question_id' %}
{% set touched %}
    {{ touched_records(ref('int_survey_answers'), key) }}
    union all
    select {{ key }}
    from {{ this }}
    where person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
    union all
    select {{ key }}
    from {{ this }}
    where (survey_id, person_id) in (
        select (survey_id, person_id)
        from (
            {{ changed_rows(ref('int_survey_invitations'), 'survey_id, person_id') }}
        ) as invitations
    )
{% endset %}
{{ rebuild_only(touched) }}

with answers as (

    select
        answers.source,
        answers.survey_id,
        answers.submission_id,
        answers.question_id,
        answers.question_kind as metric,
        answers.answered_at,
        answers.answer_date,
        answers.score,
        answers.touchpoint,
        answers.person_id,
        case answers.question_kind
            when 'nps' then {{ is_promoter('answers.score') }}
            when 'csat' then answers.score >= positive.lowest_positive
            when 'ces' then {{ is_easy('answers.score') }}
            when 'ces_v1' then {{ is_low_effort('answers.score') }}
        end as is_favourable,
        answers.question_kind = 'nps' and {{ is_detractor('answers.score') }} as is_unfavourable
    from {{ ref('int_survey_answers') }} as answers
    left join {{ ref('csat_positive_answers') }} as positive
        on answers.scale_max = positive.scale_max
    where
        answers.question_kind in ('nps', 'csat', 'ces', 'ces_v1')
        and answers.score is not null
        and not answers.is_removed
        and {{ is_touched(
            'answers.source, answers.survey_id, answers.submission_id, answers.question_id', key
        ) }}

),

followed as (

    select
        answers.source,
        answers.survey_id,
        answers.submission_id,
        answers.question_id,
        invitations.invitation_id,
        invitations.channel,
        invitations.touchpoint,
        invitations.segment,
        invitations.invited_date,
        row_number() over (
            partition by
                answers.source, answers.survey_id, answers.submission_id, answers.question_id
            order by invitations.invited_at desc, invitations.invitation_id
        ) as age
    from answers
    inner join {{ ref('int_survey_invitations') }} as invitations
        on answers.survey_id = invitations.survey_id
        and answers.person_id = invitations.person_id
        and answers.answered_at >= invitations.invited_at
    where invitations.status is null or invitations.status <> 'bounced'

)

select
    answers.source,
    answers.survey_id,
    answers.submission_id,
    answers.question_id,
    answers.metric,
    answers.answered_at,
    answers.answer_date,
    answers.score,
    answers.is_favourable,
    answers.is_unfavourable,
    answers.person_id,
    {{ customer_segment('answers.person_id', 'answers.answered_at', 'customers') }} as segment,
    coalesce(answers.touchpoint, 'unknown') as touchpoint,
    coalesce(phases.journey_phase, 'unknown') as journey_phase,
    followed.invitation_id,
    case
        when followed.invitation_id is null then 'uninvited'
        else coalesce(followed.channel, 'unknown')
    end as channel,
    cast(date_trunc('month', followed.invited_date) as date) as invited_month,
    coalesce(followed.touchpoint, 'unknown') as invited_touchpoint,
    followed.segment as invited_segment
from answers
left join followed
    on answers.source = followed.source
    and answers.survey_id = followed.survey_id
    and answers.submission_id = followed.submission_id
    and answers.question_id = followed.question_id
    and followed.age = 1
left join {{ ref('int_customers') }} as customers
    on answers.person_id = customers.person_id
left join {{ ref('touchpoint_phases') }} as phases
    on lower(answers.touchpoint) = phases.touchpoint
where answers.is_favourable is not null
