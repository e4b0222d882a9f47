{% set records_with_both = [
    ref('int_all_web_events'),
    ref('int_all_messages'),
    ref('int_all_order_lines'),
    ref('int_all_survey_invitations'),
    ref('int_all_survey_answers'),
    ref('int_all_reviews'),
    ref('int_all_tickets'),
    ref('stg_generic__loyalty_ledger'),
    ref('stg_generic__referrals'),
    ref('stg_generic__participation'),
    ref('stg_typeform__responses'),
    ref('stg_google_forms__responses'),
    ref('stg_generic__experiment_exposures'),
    ref('stg_hubspot__contacts'),
] %}

with order_emails as (

    select order_id, email
    from {{ ref('int_all_order_lines') }}
    where email is not null and not is_removed

),

seen_together as (

    {% for records in records_with_both %}
    select customer_id, email
    from {{ records }}
    where customer_id is not null and email is not null and not is_removed
    union all
    {% endfor %}
    select invitee_customer_id as customer_id, invitee_email as email
    from {{ ref('stg_generic__referrals') }}
    where invitee_customer_id is not null and invitee_email is not null and not is_removed
    union all
    -- A shop that exports e-mails but no customer ids is tied by the order of a logged-in visit.
    select web_events.customer_id, order_emails.email
    from {{ ref('int_all_web_events') }} as web_events
    inner join order_emails
        on web_events.order_id = order_emails.order_id
    where web_events.customer_id is not null and not web_events.is_removed

)

select
    customer_id,
    email
from seen_together
group by customer_id, email
