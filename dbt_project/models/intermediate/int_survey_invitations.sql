{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('int_all_survey_invitations'), 'survey_id, invitation_id') }}
    union all
    select survey_id, invitation_id
    from {{ this }}
    where person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
{% endset %}
{{ rebuild_only(touched) }}

with invitations as (

    select
        records.source,
        records.survey_id,
        records.invitation_id,
        records.invited_at,
        records.channel,
        records.touchpoint,
        records.status,
        {{ person_id('records.email', 'records.customer_id') }} as person_id
    from {{ ref('int_all_survey_invitations') }} as records
    {{ person_joins('records.email', 'records.customer_id') }}
    where
        not records.is_removed
        and {{ is_touched(
            'records.survey_id, records.invitation_id', 'survey_id, invitation_id'
        ) }}

)

select
    invitations.source,
    invitations.survey_id,
    invitations.invitation_id,
    invitations.invited_at,
    {{ business_date('invitations.invited_at') }} as invited_date,
    invitations.channel,
    invitations.touchpoint,
    invitations.status,
    invitations.person_id,
    {{ customer_segment('invitations.person_id', 'invitations.invited_at', 'customers') }}
        as segment
from invitations
left join {{ ref('int_customers') }} as customers
    on invitations.person_id = customers.person_id
