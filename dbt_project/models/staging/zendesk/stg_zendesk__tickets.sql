-- A ticket has changed when its metrics have.
with metrics as (

    select
        ticket_id,
        max(case when not is_removed then first_reply_minutes end) as first_reply_minutes,
        max(case when not is_removed then solved_at end) as solved_at,
        max(changed_in) as changed_in
    from {{ ref('stg_zendesk__ticket_metrics') }}
    group by ticket_id

),

tickets as (

    select
        ticket_id,
        created_at,
        status,
        channel,
        topic,
        satisfaction,
        email,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('zendesk', 'tickets') }}

)

select
    'zendesk' as source,
    tickets.ticket_id,
    tickets.created_at,
    tickets.created_at + metrics.first_reply_minutes * interval '1' minute as first_response_at,
    metrics.solved_at as resolved_at,
    tickets.status,
    tickets.channel,
    tickets.topic,
    tickets.satisfaction,
    tickets.email,
    cast(null as string) as customer_id,
    tickets.batch_id,
    tickets.is_repeat,
    greatest(tickets.changed_in, coalesce(metrics.changed_in, 0)) as changed_in,
    tickets.is_removed
from tickets
left join metrics on tickets.ticket_id = metrics.ticket_id
