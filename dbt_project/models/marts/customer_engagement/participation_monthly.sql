with taken_part as (

    select
        {{ month_of('participation.participation_date') }} as month,
        participation.kind,
        participation.person_id,
        participation.title,
        case
            when customers.first_order_at <= participation.occurred_at then participation.person_id
        end as customer_id
    from {{ ref('int_participation') }} as participation
    left join {{ ref('int_customers') }} as customers
        on participation.person_id = customers.person_id

)

select
    month,
    kind,
    count(*) as participation_count,
    count(distinct title) as title_count,
    count(distinct person_id) as participant_count,
    count(distinct customer_id) as customer_participant_count,
    {{ rate_pct('count(distinct customer_id)', 'count(distinct person_id)') }}
        as customer_participant_pct
from taken_part
group by month, kind
