{# Who a visit counts for: customers at that moment are the internal audience, all others the external. #}
{% macro audience_scope(is_customer) -%}
    case when {{ is_customer }} then 'internal' else 'external' end
{%- endmacro %}

{#
    An engaged lead has shown interest (an engaged visit) before giving contact data and before the
    first order; a lead has given contact data before the first order. Whoever gives it in the
    first engaged visit becomes a lead at once.
#}
{% macro becomes_engaged_lead(first_engaged_at, first_lead_at, first_order_at) -%}
    (
        {{ first_engaged_at }} is not null
        and coalesce({{ first_engaged_at }} < {{ first_lead_at }}, true)
        and coalesce({{ first_engaged_at }} < {{ first_order_at }}, true)
    )
{%- endmacro %}

{% macro becomes_lead(first_lead_at, first_order_at) -%}
    ({{ first_lead_at }} is not null and coalesce({{ first_lead_at }} < {{ first_order_at }}, true))
{%- endmacro %}
