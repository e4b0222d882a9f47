with person_days as (

    select person_id, activity_date
    from {{ ref('int_customer_days') }}
    group by person_id, activity_date

),

person_months as (

    select
        person_id,
        {{ month_of('activity_date') }} as month,
        count(*) as active_days
    from person_days
    group by person_id, {{ month_of('activity_date') }}

),

counted as (

    select month, active_days, count(*) as customer_count
    from person_months
    group by month, active_days

)

select
    month,
    active_days,
    customer_count,
    cast(sum(customer_count) over (partition by month) as bigint) as active_customer_count,
    {{ rate_pct('customer_count', 'sum(customer_count) over (partition by month)') }}
        as share_of_customers_pct
from counted
