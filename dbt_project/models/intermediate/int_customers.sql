{{ config(materialized='incremental') }}

select
    person_id,
    min(ordered_at) as first_order_at,
    min(case when purchase_number = 2 then ordered_at end) as second_order_at,
    count(*) as order_count,
    cast(sum(order_amount) as decimal(18, 4)) as order_amount
from {{ ref('int_orders') }}
where purchase_number is not null
group by person_id
