{# A gap of more than 30 minutes without an event starts a new session; midnight does not. #}
{% macro session_gap_seconds() -%}1800{%- endmacro %}

{#
    Where the tool counts sessions of its own (Snowplow), a later event of another one starts one too.
#}
{% macro starts_session(previous_at, occurred_at, previous_session_id, session_id) -%}
    (
        {{ previous_at }} is null
        or {{ seconds_between(previous_at, occurred_at) }} > {{ session_gap_seconds() }}
        or (
            {{ previous_at }} < {{ occurred_at }}
            and coalesce({{ previous_session_id }} <> {{ session_id }}, false)
        )
    )
{%- endmacro %}

{# Whether an event at this moment may belong to a session of these bounds. #}
{% macro is_within_reach(occurred_at, started_at, ended_at) -%}
    (
        {{ seconds_between(occurred_at, started_at) }} <= {{ session_gap_seconds() }}
        and {{ seconds_between(ended_at, occurred_at) }} <= {{ session_gap_seconds() }}
    )
{%- endmacro %}

{# Engaged in the GA4 sense: longer than 10 seconds, or two page views, or a key event. #}
{% macro is_engaged_session(duration_seconds, page_views, key_events) -%}
    ({{ duration_seconds }} > 10 or {{ page_views }} >= 2 or {{ key_events }} >= 1)
{%- endmacro %}

{# Bounce in the sense of Matomo and Universal Analytics: exactly one page was viewed. #}
{% macro is_single_page_bounce(page_views) -%}
    ({{ page_views }} = 1)
{%- endmacro %}

{# Seconds that a page ping stands for: Snowplow's tracker sends one in each such interval of activity. #}
{% macro page_ping_seconds() -%}{{ var('snowplow_page_ping_seconds', 30) }}{%- endmacro %}
