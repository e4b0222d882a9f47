{#
    The person behind a record: by the e-mail that the customer id is known with, else by the
    record's e-mail (or the first one of the customer whose it is), else by the customer id;
    null for a record that names nobody. Needs the joins of `person_joins`.
#}
{% macro person_id(email, customer_id) -%}
    coalesce(
        'email-' || customer_ids.email,
        'email-' || emails.first_email,
        'email-' || {{ email }},
        'customer-' || {{ customer_id }}
    )
{%- endmacro %}

{% macro person_joins(email, customer_id) -%}
left join {{ ref('int_customer_ids') }} as customer_ids
    on {{ customer_id }} = customer_ids.customer_id
left join {{ ref('int_emails') }} as emails
    on {{ email }} = emails.email
{%- endmacro %}
