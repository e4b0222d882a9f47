-- People who became engaged leads or leads: as many over all days, channels and scopes as there are.
with counted as (

    select
        cast(coalesce(sum(engaged_lead_count), 0) as bigint) as engaged_leads,
        cast(coalesce(sum(lead_count), 0) as bigint) as leads
    from {{ ref('audience_daily') }}

),

people as (

    select
        count(case when {{ becomes_engaged_lead('first_engaged_at', 'first_lead_at', 'first_order_at') }} then 1 end)
            as engaged_leads,
        count(case when {{ becomes_lead('first_lead_at', 'first_order_at') }} then 1 end) as leads
    from {{ ref('int_person_stages') }}

)

select
    counted.engaged_leads,
    people.engaged_leads as people_engaged_leads,
    counted.leads,
    people.leads as people_leads
from counted
cross join people
where counted.engaged_leads <> people.engaged_leads or counted.leads <> people.leads
