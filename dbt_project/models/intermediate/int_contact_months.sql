-- Any contact counts: what people did, any visit, and messages that reached them.
with contacts as (

    select person_id, activity_date as contact_date
    from {{ ref('int_activities') }}
    union all
    select person_id, {{ business_date('occurred_at') }} as contact_date
    from {{ ref('int_messages') }}
    where event_type in ('delivered', 'open', 'click') and person_id is not null
    union all
    select visitors.person_id, {{ business_date('sessions.started_at') }} as contact_date
    from {{ ref('int_sessions') }} as sessions
    inner join {{ ref('int_visitors') }} as visitors
        on sessions.visitor_id = visitors.visitor_id

)

select
    person_id,
    cast(date_trunc('month', contact_date) as date) as month
from contacts
group by person_id, cast(date_trunc('month', contact_date) as date)
