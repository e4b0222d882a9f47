-- Any contact counts: what people did, and messages that reached them.
with contacts as (

    select person_id, activity_date as contact_date
    from {{ ref('int_activities') }}
    union all
    select person_id, {{ business_date('occurred_at') }} as contact_date
    from {{ ref('int_messages') }}
    where event_type in ('delivered', 'open', 'click') and person_id is not null

)

select
    person_id,
    cast(date_trunc('month', contact_date) as date) as month
from contacts
group by person_id, cast(date_trunc('month', contact_date) as date)
