{{ config(materialized='incremental') }}

-- A customer with several e-mail addresses is one person, named by the first of them.
select
    customer_emails.email,
    min(customer_ids.email) as first_email
from {{ ref('int_customer_emails') }} as customer_emails
inner join {{ ref('int_customer_ids') }} as customer_ids
    on customer_emails.customer_id = customer_ids.customer_id
group by customer_emails.email
