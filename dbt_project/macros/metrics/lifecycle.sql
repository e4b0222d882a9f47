{#
    State of somebody who was active in a period, by the period in which they were active before:
    never `new`, in the one just before `returning`, longer ago `resurrecting`. Whoever was active
    in the one just before and is not now is dormant.
#}
{% macro lifecycle_state(active_before, period_before) -%}
    case
        when {{ active_before }} is null then 'new'
        when {{ active_before }} = {{ period_before }} then 'returning'
        else 'resurrecting'
    end
{%- endmacro %}

{# Repeat buyers who are not engaged: they leave when something goes wrong (S4). #}
{% macro is_fragile(order_count, engagement_level) -%}
    ({{ order_count }} >= 2 and {{ engagement_level }} = 'low')
{%- endmacro %}

{# New customers that one customer brings: invitations per customer times their conversion. #}
{% macro k_factor(invited, purchased, customers) -%}
    (
        cast({{ invited }} as double) / nullif({{ customers }}, 0)
        * cast({{ purchased }} as double) / nullif({{ invited }}, 0)
    )
{%- endmacro %}
