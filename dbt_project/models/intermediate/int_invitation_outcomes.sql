{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_survey_invitations'), 'survey_id, invitation_id') }}
    union all
    {{ changed_rows(ref('int_survey_scores'), 'survey_id, invitation_id') }}
{% endset %}
{{ rebuild_only(touched) }}

with answered as (

    select
        survey_id,
        invitation_id,
        min(answered_at) as answered_at
    from {{ ref('int_survey_scores') }}
    where invitation_id is not null and {{ is_touched('survey_id, invitation_id') }}
    group by survey_id, invitation_id

)

select
    invitations.source,
    invitations.survey_id,
    invitations.invitation_id,
    invitations.invited_at,
    cast(date_trunc('month', invitations.invited_date) as date) as month,
    coalesce(invitations.channel, 'unknown') as channel,
    coalesce(invitations.touchpoint, 'unknown') as touchpoint,
    coalesce(phases.journey_phase, 'unknown') as journey_phase,
    invitations.person_id,
    invitations.segment,
    {{ invitation_outcome('invitations.status', 'answered.answered_at is not null') }} as outcome,
    answered.answered_at
from {{ ref('int_survey_invitations') }} as invitations
left join answered
    on invitations.survey_id = answered.survey_id
    and invitations.invitation_id = answered.invitation_id
left join {{ ref('touchpoint_phases') }} as phases
    on lower(invitations.touchpoint) = phases.touchpoint
where {{ is_touched(
    'invitations.survey_id, invitations.invitation_id', 'survey_id, invitation_id'
) }}
