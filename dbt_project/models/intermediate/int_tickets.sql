{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('int_all_tickets'), 'source, ticket_id') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    records.source,
    records.ticket_id,
    records.created_at,
    {{ business_date('records.created_at') }} as created_date,
    records.first_response_at,
    records.resolved_at,
    coalesce(records.channel, 'unknown') as channel,
    coalesce(records.topic, 'unknown') as topic,
    {{ person_id('records.email', 'records.customer_id') }} as person_id,
    cast({{ hours_until('records.created_at', 'records.first_response_at') }} as double)
        as first_response_hours,
    cast({{ hours_until('records.created_at', 'records.resolved_at') }} as double)
        as resolution_hours,
    {{ is_satisfied('records.satisfaction') }} as is_satisfied,
    coalesce(records.satisfaction = 'offered', false) as is_satisfaction_offered
from {{ ref('int_all_tickets') }} as records
{{ person_joins('records.email', 'records.customer_id') }}
where
    not records.is_removed
    and {{ is_touched('records.source, records.ticket_id', 'source, ticket_id') }}
