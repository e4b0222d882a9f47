{# Points with the sign of their entry: what is earned is added, what is redeemed or expires taken. #}
{% macro signed_points(entry_type, points) -%}
    case
        when {{ entry_type }} = 'earn' then abs(coalesce({{ points }}, 0))
        when {{ entry_type }} in ('redeem', 'expire') then -abs(coalesce({{ points }}, 0))
        else coalesce({{ points }}, 0)
    end
{%- endmacro %}
