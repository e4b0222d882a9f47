with newest as (

    select
        survey_id,
        month,
        person_id,
        max(invited_at) as invited_at
    from {{ ref('int_invitation_outcomes') }}
    where outcome <> 'not eligible' and person_id is not null
    group by survey_id, month, person_id

),

-- Invitations to any survey, up to the newest one to this survey in the month.
recent as (

    select
        newest.survey_id,
        newest.month,
        newest.person_id,
        count(*) as invitation_count
    from newest
    inner join {{ ref('int_invitation_outcomes') }} as earlier
        on newest.person_id = earlier.person_id
        and earlier.outcome <> 'not eligible'
        and earlier.invited_at <= newest.invited_at
        and {{ hours_between('earlier.invited_at', 'newest.invited_at') }}
        < 24 * {{ experience_setting('fatigue_window_days') }}
    group by newest.survey_id, newest.month, newest.person_id

),

fatigue as (

    select
        survey_id,
        month,
        count(*) as invited_people_count,
        cast(sum(
            case
                when invitation_count > {{ experience_setting('fatigue_max_invitations') }} then 1
                else 0
            end
        ) as bigint) as fatigued_people_count
    from recent
    group by survey_id, month

),

timed as (

    select
        survey_id,
        month,
        outcome,
        cast({{ hours_until('invited_at', 'answered_at') }} as double) as hours_to_answer
    from {{ ref('int_invitation_outcomes') }}

),

invitations as (

    select
        survey_id,
        month,
        cast(sum(case when outcome = 'not eligible' then 1 else 0 end) as bigint) as bounced_count,
        cast(sum(case when outcome <> 'not eligible' then 1 else 0 end) as bigint)
            as invited_count,
        cast(sum(
            case when outcome in ('refusal', 'partial', 'complete') then 1 else 0 end
        ) as bigint) as opened_count,
        cast(sum(case when outcome in ('partial', 'complete') then 1 else 0 end) as bigint)
            as started_count,
        cast(sum(case when outcome = 'complete' then 1 else 0 end) as bigint) as answered_count,
        cast(sum(case when outcome = 'partial' then 1 else 0 end) as bigint) as partial_count,
        cast(sum(case when outcome = 'refusal' then 1 else 0 end) as bigint) as refusal_count,
        cast(sum(case when outcome = 'non-contact' then 1 else 0 end) as bigint)
            as non_contact_count,
        cast(sum(case when outcome = 'other' then 1 else 0 end) as bigint) as other_count,
        cast(sum(case when outcome = 'unknown' then 1 else 0 end) as bigint) as unknown_count,
        median(hours_to_answer) as median_hours_to_answer,
        percentile_cont(0.9) within group (order by hours_to_answer) as p90_hours_to_answer
    from timed
    group by survey_id, month

),

submissions as (

    select
        survey_id,
        submission_id,
        cast(date_trunc('month', min(answer_date)) as date) as month,
        count(*) as question_count,
        min(score) = max(score) as is_straight
    from {{ ref('int_survey_scores') }}
    group by source, survey_id, submission_id

),

judged as (

    select
        survey_id,
        month,
        is_straight,
        question_count >= {{ experience_setting('straightlining_min_questions') }} as is_long
    from submissions

),

straightlining as (

    select
        survey_id,
        month,
        count(*) as submission_count,
        cast(sum(case when is_long then 1 else 0 end) as bigint) as long_submission_count,
        cast(sum(case when is_long and is_straight then 1 else 0 end) as bigint)
            as straightlined_count
    from judged
    group by survey_id, month

),

spoken_of as (

    select survey_id, month from invitations
    union all
    select survey_id, month from straightlining

),

months as (

    select survey_id, month
    from spoken_of
    group by survey_id, month

)

select
    months.survey_id,
    months.month,
    coalesce(invitations.invited_count, 0) as invited_count,
    coalesce(invitations.bounced_count, 0) as bounced_count,
    coalesce(invitations.opened_count, 0) as opened_count,
    coalesce(invitations.started_count, 0) as started_count,
    coalesce(invitations.answered_count, 0) as answered_count,
    coalesce(invitations.partial_count, 0) as partial_count,
    {{ response_rate_1(
        'invitations.answered_count', 'invitations.partial_count', 'invitations.refusal_count',
        'invitations.non_contact_count', 'invitations.other_count', 'invitations.unknown_count', '0'
    ) }} as response_rate_pct,
    {{ rate_pct('invitations.partial_count', 'invitations.started_count') }} as partial_pct,
    invitations.median_hours_to_answer,
    invitations.p90_hours_to_answer,
    coalesce(fatigue.invited_people_count, 0) as invited_people_count,
    coalesce(fatigue.fatigued_people_count, 0) as fatigued_people_count,
    {{ rate_pct('fatigue.fatigued_people_count', 'fatigue.invited_people_count') }}
        as fatigued_people_pct,
    coalesce(straightlining.submission_count, 0) as submission_count,
    coalesce(straightlining.long_submission_count, 0) as long_submission_count,
    coalesce(straightlining.straightlined_count, 0) as straightlined_count,
    {{ rate_pct('straightlining.straightlined_count', 'straightlining.long_submission_count') }}
        as straightlined_pct
from months
left join invitations
    on months.survey_id = invitations.survey_id
    and months.month = invitations.month
left join fatigue
    on months.survey_id = fatigue.survey_id
    and months.month = fatigue.month
left join straightlining
    on months.survey_id = straightlining.survey_id
    and months.month = straightlining.month
