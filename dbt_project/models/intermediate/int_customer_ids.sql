{% set records_with_both = [
    ref('stg_generic__web_events'),
    ref('stg_generic__messages'),
    ref('stg_generic__orders'),
    ref('stg_generic__survey_invitations'),
    ref('stg_generic__survey_answers'),
    ref('stg_generic__reviews'),
    ref('stg_typeform__responses'),
    ref('stg_google_forms__responses'),
] %}

with seen_together as (

    {% for records in records_with_both %}
    select customer_id, email
    from {{ records }}
    where customer_id is not null and email is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    customer_id,
    min(email) as email
from seen_together
group by customer_id
