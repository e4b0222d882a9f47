-- Newest day with an activity of anybody: tables end there, not at the day they were built.
{{ config(materialized='incremental') }}

select
    max(activity_date) as newest_date,
    {{ week_of('max(activity_date)') }} as newest_week,
    min(activity_date) as oldest_date
from {{ ref('int_activities') }}
having max(activity_date) is not null
