{#
    What happened to one message, from whether it has an event of each kind. A later event implies
    the earlier ones: a click without an open is an open that images or a program hid, and counts as
    one of a person; either of them implies delivery. A hard bounce outweighs a reported delivery, a
    delivery outweighs a soft bounce before it. Where a campaign reports no delivery at all, what
    did not bounce was delivered.
#}
{% macro is_opened_by_anybody() -%}(has_open or has_click){%- endmacro %}
{% macro is_opened_by_a_person() -%}(has_human_open or has_click){%- endmacro %}
{% macro is_delivered_message() -%}
    (
        {{ is_opened_by_anybody() }} or has_unsubscribe or has_complaint
        or (has_delivered and not has_hard_bounce)
        or (not campaign_reports_delivery and not has_bounce)
    )
{%- endmacro %}
{% macro is_bounced_message() -%}(has_bounce and not {{ is_delivered_message() }}){%- endmacro %}
