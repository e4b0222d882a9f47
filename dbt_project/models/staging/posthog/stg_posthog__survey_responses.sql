-- Each event of a submission repeats what was answered so far: the newest holds all of it, and
-- whatever happens to one of them changes what stands.
with responses as (

    select
        'posthog' as source,
        coalesce(survey_name, survey_id, 'posthog') as survey_id,
        coalesce(submission_id, event_id) as submission_id,
        event_id,
        occurred_at as answered_at,
        cast(null as string) as touchpoint,
        email,
        customer_id,
        answers,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('posthog', 'events') }}
    where event_name = 'survey sent'

),

aged as (

    select
        source,
        survey_id,
        submission_id,
        answered_at,
        touchpoint,
        email,
        customer_id,
        answers,
        batch_id,
        is_repeat,
        max(changed_in) over (partition by survey_id, submission_id) as changed_in,
        is_removed,
        row_number() over (
            partition by survey_id, submission_id, is_removed
            order by answered_at desc, event_id
        ) as age
    from responses

)

select
    source,
    survey_id,
    submission_id,
    answered_at,
    touchpoint,
    email,
    customer_id,
    answers,
    batch_id,
    is_repeat,
    changed_in,
    is_removed or age > 1 as is_removed
from aged
