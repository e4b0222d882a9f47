{{ config(materialized='incremental') }}
{#
    Everything that brings a person and the brand together. What the seed activity_weights does
    not weigh (visits' other events, messages that only reached a person) counts as contact.
#}
{% set web_id = "records.source || '-web-' || records.event_id" %}
{% set message_id = "records.source || '-message-' || records.message_event_id" %}
{% set order_id = "records.source || '-order-' || records.order_id" %}
{% set survey_id = "records.source || '-survey-' || records.survey_id || '-' || records.submission_id" %}
{# Records that name a person by e-mail or customer id. #}
{% set named = [
    {
        'name': 'reviews', 'records': ref('int_all_reviews'), 'at': 'reviewed_at',
        'id': "records.source || '-review-' || records.site || '-' || records.review_id",
        'channel': "'review site'", 'type': "'review'", 'which': 'true',
    },
    {
        'name': 'loyalty', 'records': ref('stg_generic__loyalty_ledger'), 'at': 'occurred_at',
        'id': "records.source || '-loyalty-' || records.entry_id",
        'channel': "'loyalty programme'", 'type': "'loyalty_' || records.entry_type",
        'which': "records.entry_type in ('join', 'earn', 'redeem')",
    },
    {
        'name': 'referrals', 'records': ref('stg_generic__referrals'), 'at': 'invited_at',
        'id': "records.source || '-referral-' || records.referral_id",
        'channel': "'referral'", 'type': "'referral'", 'which': 'true',
    },
    {
        'name': 'participation', 'records': ref('stg_generic__participation'), 'at': 'occurred_at',
        'id': "records.source || '-participation-' || records.participation_id",
        'channel': "coalesce(records.channel, 'community')",
        'type': "'participation_' || records.kind", 'which': 'true',
    },
] %}
{% set touched %}
    select {{ web_id }} as activity_id
    from {{ ref('int_web_events') }} as records
    where {{ is_changed('records') }}
    union all
    select {{ web_id }} as activity_id
    from {{ ref('int_web_events') }} as records
    where records.visitor_id in ({{ changed_rows(ref('int_visitors'), 'visitor_id') }})
    union all
    {{ touched_records(ref('int_messages'), message_id) }}
    union all
    select {{ order_id }} as activity_id
    from ({{ changed_rows(ref('int_orders'), 'source, order_id') }}) as records
    union all
    {{ touched_records(ref('int_survey_answers'), survey_id) }}
    {% for kind in named %}
    union all
    {{ touched_records(kind.records, kind.id) }}
    {% endfor %}
{% endset %}
{{ rebuild_only(touched) }}

with web as (

    select
        {{ web_id }} as activity_id,
        records.occurred_at,
        visitors.person_id,
        'web' as channel,
        coalesce(records.activity_type, 'visit') as activity_type,
        records.source
    from {{ ref('int_web_events') }} as records
    inner join {{ ref('int_visitors') }} as visitors
        on records.visitor_id = visitors.visitor_id
    where
        not records.is_removed
        {% if is_incremental() %}
        and (
            {{ is_changed('records') }}
            or records.visitor_id in ({{ changed_rows(ref('int_visitors'), 'visitor_id') }})
        )
        {% endif %}

),

messages as (

    select
        {{ message_id }} as activity_id,
        records.occurred_at,
        records.person_id,
        records.channel,
        'message_' || records.event_type as activity_type,
        records.source
    from {{ ref('int_messages') }} as records
    where
        records.event_type in ('delivered', 'open', 'click')
        and not records.is_machine_open
        and records.person_id is not null
        and not records.is_removed
        and {{ is_touched_record('records') }}

),

orders as (

    select
        {{ order_id }} as activity_id,
        records.ordered_at as occurred_at,
        records.person_id,
        'shop' as channel,
        'order' as activity_type,
        records.source
    from {{ ref('int_orders') }} as records
    where
        records.purchase_number is not null
        and {{ is_touched(order_id, 'activity_id') }}

),

survey_responses as (

    select
        {{ survey_id }} as activity_id,
        min(records.answered_at) as occurred_at,
        min(records.person_id) as person_id,
        'survey' as channel,
        'survey_response' as activity_type,
        records.source
    from {{ ref('int_survey_answers') }} as records
    where
        records.person_id is not null
        and not records.is_removed
        and {{ is_touched(survey_id, 'activity_id') }}
    group by records.source, records.survey_id, records.submission_id

),

-- Of loyalty: what the programme does by itself, such as letting points expire, is nobody's.
{% for kind in named -%}
{{ kind.name }} as (

    select
        {{ kind.id }} as activity_id,
        records.{{ kind.at }} as occurred_at,
        {{ person_id('records.email', 'records.customer_id') }} as person_id,
        {{ kind.channel }} as channel,
        {{ kind.type }} as activity_type,
        records.source
    from {{ kind.records }} as records
    {{ person_joins('records.email', 'records.customer_id') }}
    where
        {{ kind.which }}
        and coalesce(records.email, records.customer_id) is not null
        and not records.is_removed
        and {{ is_touched(kind.id, 'activity_id') }}

),

{% endfor -%}
activities as (

    select activity_id, occurred_at, person_id, channel, activity_type, source from web
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source from messages
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source from orders
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source
    from survey_responses
    {% for kind in named %}
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source from {{ kind.name }}
    {% endfor %}

)

select
    activity_id,
    occurred_at,
    {{ business_date('occurred_at') }} as activity_date,
    person_id,
    channel,
    activity_type,
    source
from activities
