{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('int_all_reviews'), 'source, site, review_id') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    records.source,
    records.site,
    records.review_id,
    records.reviewed_at,
    {{ business_date('records.reviewed_at') }} as review_date,
    {{ stars('records.rating', 'records.scale_max') }} as stars,
    {{ person_id('records.email', 'records.customer_id') }} as person_id
from {{ ref('int_all_reviews') }} as records
{{ person_joins('records.email', 'records.customer_id') }}
where
    not records.is_removed
    and {{ is_touched(
        'records.source, records.site, records.review_id', 'source, site, review_id'
    ) }}
