-- Names that the seed web_event_types does not list are only counted as events.
{{ config(severity='warn') }}

select
    events.source,
    events.event_name,
    count(*) as event_count
from {{ ref('int_web_events') }} as events
left join {{ ref('web_event_types') }} as event_types
    on events.event_name = event_types.event_name
where event_types.event_name is null and not events.is_removed
group by events.source, events.event_name
