{{ config(materialized='incremental') }}

select
    records.source,
    records.participation_id,
    records.occurred_at,
    {{ business_date('records.occurred_at') }} as participation_date,
    records.kind,
    records.title,
    records.action,
    {{ person_id('records.email', 'records.customer_id') }} as person_id
from {{ ref('stg_generic__participation') }} as records
{{ person_joins('records.email', 'records.customer_id') }}
where not records.is_removed
