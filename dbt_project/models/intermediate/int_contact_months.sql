-- Any contact counts: what people did, any visit, and messages that reached them.
{{ config(materialized='incremental') }}
{% set month = "cast(date_trunc('month', activity_date) as date)" %}
{% set touched %}
    {{ changed_rows(ref('int_activities'), 'person_id, ' ~ month ~ ' as month') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    person_id,
    {{ month }} as month
from {{ ref('int_activities') }}
where {{ is_touched('person_id, ' ~ month, 'person_id, month') }}
group by person_id, {{ month }}
