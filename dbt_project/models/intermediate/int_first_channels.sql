{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('sessions'), 'person_id') }}
{% endset %}
{{ rebuild_only(touched) }}

with visits as (

    select
        person_id,
        channel,
        row_number() over (partition by person_id order by started_at, session_id) as position
    from {{ ref('sessions') }}
    where {{ is_touched('person_id') }}

)

select person_id, channel as first_channel
from visits
where position = 1
