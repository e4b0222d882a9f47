{#
    The person behind a record: by e-mail pseudonym, else by the e-mail that the customer id is
    known with, else by the customer id itself; null for a record that names nobody.
    Needs a left join to int_customer_ids as `customer_ids`.
#}
{% macro person_id(email, customer_id) -%}
    coalesce(
        'email-' || {{ email }},
        'email-' || customer_ids.email,
        'customer-' || {{ customer_id }}
    )
{%- endmacro %}
