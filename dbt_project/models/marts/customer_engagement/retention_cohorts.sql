with first_orders as (

    select person_id, month as cohort_month
    from {{ ref('int_order_values') }}
    where purchase_number = 1

),

cohorts as (

    select cohort_month, count(*) as customer_count
    from first_orders
    group by cohort_month

),

bounds as (

    select
        min(cohorts.cohort_month) as first_date,
        max(ends.newest_date) as last_date
    from cohorts
    cross join {{ ref('int_data_end') }} as ends

),

months as (

    {{ every('month', 'bounds') }}

),

ordered as (

    select person_id, month
    from {{ ref('int_order_values') }}
    where purchase_number is not null
    group by person_id, month

),

engaged as (

    select person_id, {{ month_of('activity_date') }} as month
    from {{ ref('int_customer_days') }}
    group by person_id, {{ month_of('activity_date') }}

),

active as (

    select
        first_orders.cohort_month,
        engaged.month,
        count(*) as engaged_count,
        count(ordered.person_id) as ordered_count
    from first_orders
    inner join engaged
        on first_orders.person_id = engaged.person_id
    left join ordered
        on engaged.person_id = ordered.person_id
        and engaged.month = ordered.month
    group by first_orders.cohort_month, engaged.month

),

filled as (

    select
        cohorts.cohort_month,
        months.month,
        cohorts.customer_count,
        cast(coalesce(active.ordered_count, 0) as bigint) as ordered_count,
        cast(coalesce(active.engaged_count, 0) as bigint) as engaged_count,
        bounds.last_date
    from cohorts
    cross join bounds
    inner join months
        on months.month >= cohorts.cohort_month
    left join active
        on cohorts.cohort_month = active.cohort_month
        and months.month = active.month

)

select
    cohort_month,
    cast({{ dbt.datediff('cohort_month', 'month', 'month') }} as bigint) as months_since,
    {{ later('month', 1, 'month') }} <= {{ later('day', 1, 'last_date') }} as is_month_complete,
    customer_count,
    ordered_count,
    {{ rate_pct('ordered_count', 'customer_count') }} as ordered_pct,
    engaged_count,
    {{ rate_pct('engaged_count', 'customer_count') }} as engaged_pct
from filled
