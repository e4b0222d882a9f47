{{ config(materialized='incremental') }}

select
    customer_id,
    min(email) as email
from {{ ref('int_customer_emails') }}
group by customer_id
