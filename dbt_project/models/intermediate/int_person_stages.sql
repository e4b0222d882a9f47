{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_visitors'), 'person_id') }}
    union all
    {{ changed_rows(ref('int_customers'), 'person_id') }}
{% endset %}
{{ rebuild_only(touched) }}

with visits as (

    select
        person_id,
        min(first_visit_at) as first_visit_at,
        min(first_engaged_at) as first_engaged_at,
        min(first_lead_at) as first_lead_at
    from {{ ref('int_visitors') }}
    where {{ is_touched('person_id') }}
    group by person_id

),

customers as (

    select person_id, first_order_at, second_order_at
    from {{ ref('int_customers') }}
    where {{ is_touched('person_id') }}

)

select
    coalesce(visits.person_id, customers.person_id) as person_id,
    visits.first_visit_at,
    visits.first_engaged_at,
    visits.first_lead_at,
    customers.first_order_at,
    customers.second_order_at
from visits
full outer join customers
    on visits.person_id = customers.person_id
