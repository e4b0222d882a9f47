{# What an e-mail event of Segment's specification is in our words; null for any other event. #}
{% macro segment_message_event(event_name) -%}
    case lower({{ event_name }})
        when 'email delivered' then 'delivered'
        when 'email opened' then 'open'
        when 'email link clicked' then 'click'
        when 'email bounced' then 'bounce'
        when 'email marked as spam' then 'complaint'
        when 'unsubscribed' then 'unsubscribe'
    end
{%- endmacro %}
