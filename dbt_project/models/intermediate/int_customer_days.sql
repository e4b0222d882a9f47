-- Only what a person did as a customer counts: from the first order on.
{{ config(materialized='incremental') }}
{% set touched %}
    select person_id, activity_date
    from ({{ changed_rows(ref('int_activities'), 'person_id, activity_date') }}) as changed
    where person_id in (select person_id from {{ ref('int_customers') }})
    union all
    select person_id, activity_date
    from {{ ref('int_activities') }}
    where person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
    union all
    select person_id, activity_date
    from {{ this }}
    where person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
{% endset %}
{{ rebuild_only(touched) }}

with weighted as (

    select
        activities.person_id,
        activities.activity_date,
        activities.activity_type,
        activities.channel,
        weights.component,
        {{ business_date('customers.first_order_at') }} as first_order_date,
        cast(weights.weight as decimal(18, 4)) as points
    from {{ ref('int_activities') }} as activities
    inner join {{ ref('int_customers') }} as customers
        on activities.person_id = customers.person_id
        and activities.occurred_at >= customers.first_order_at
    inner join {{ ref('activity_weights') }} as weights
        on activities.activity_type = weights.activity_type
    where {{ is_touched('activities.person_id, activities.activity_date', 'person_id, activity_date') }}

)

select
    person_id,
    activity_date,
    activity_type,
    channel,
    min(component) as component,
    min(first_order_date) as first_order_date,
    count(*) as activity_count,
    cast(sum(points) as decimal(18, 4)) as points
from weighted
group by person_id, activity_date, activity_type, channel
