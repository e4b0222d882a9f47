{# Whether something that happened may be put down to an earlier moment, by a window in days. #}
{% macro is_within_window(earlier, later, window_days) -%}
    (
        {{ earlier }} <= {{ later }}
        and {{ seconds_between(earlier, later) }} <= {{ window_days }} * 86400
    )
{%- endmacro %}

{# Recipients reached: those known to have got it; where a tool does not say, sent less bounced. #}
{% macro delivered(sent, reached, bounced) -%}
    case when {{ reached }} > 0 then {{ reached }} else {{ sent }} - {{ bounced }} end
{%- endmacro %}

{# A sum of money; null where it would add up different currencies. #}
{% macro amount_in_one_currency(amount, currency) -%}
    case
        when min(coalesce({{ currency }}, '')) = max(coalesce({{ currency }}, ''))
            then cast(sum({{ amount }}) as decimal(18, 4))
    end
{%- endmacro %}
