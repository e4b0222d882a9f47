-- A rating names its ticket only: the ticket knows whose it is, once it is there.
with senders as (

    select
        ticket_id,
        max(case when not _is_removed then email end) as email,
        max(_changed_in) as changed_in
    from {{ source('zendesk', 'tickets') }}
    group by ticket_id

),

ratings as (

    select
        rating_id,
        ticket_id,
        score,
        comment,
        created_at,
        updated_at,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('zendesk', 'satisfaction_ratings') }}

)

select
    'zendesk' as source,
    'zendesk_satisfaction' as survey_id,
    ratings.rating_id as submission_id,
    ratings.created_at as offered_at,
    coalesce(ratings.updated_at, ratings.created_at) as answered_at,
    'csat' as question_kind,
    case when ratings.score like 'good%' then 2 when ratings.score like 'bad%' then 1 end as score,
    cast(2 as bigint) as scale_max,
    case when ratings.score like 'good%' or ratings.score like 'bad%' then ratings.comment end
        as comment,
    ratings.score <> 'unoffered' as is_offered,
    'support' as touchpoint,
    senders.email,
    cast(null as string) as customer_id,
    ratings.batch_id,
    ratings.is_repeat,
    greatest(ratings.changed_in, coalesce(senders.changed_in, 0)) as changed_in,
    ratings.is_removed
from ratings
left join senders on ratings.ticket_id = senders.ticket_id
