{#
    What happened to whoever answered whether they recommend us, in the days before: channels that
    carried a contact, activities, pages, orders, support, reviews, and what the survey asked about.
#}
{{ config(materialized='incremental') }}
{% set key = 'source, survey_id, submission_id, question_id' %}
{% set touched %}
    {{ changed_rows(ref('int_survey_scores'), key) }}
    {% for table in ('int_activities', 'int_orders', 'int_tickets', 'int_reviews') %}
    union all
    select {{ key }}
    from {{ ref('int_survey_scores') }}
    where metric = 'nps' and person_id in ({{ changed_rows(ref(table), 'person_id') }})
    {% endfor %}
    union all
    select {{ key }}
    from {{ ref('int_survey_scores') }}
    where metric = 'nps' and person_id in (
        select visitors.person_id
        from {{ ref('int_web_events') }} as records
        inner join {{ ref('int_visitors') }} as visitors
            on records.visitor_id = visitors.visitor_id
        where {{ is_changed('records') }}
    )
{% endset %}
{{ rebuild_only(touched) }}

with answers as (

    select
        {{ key }},
        person_id,
        touchpoint,
        answered_at,
        24 * {{ experience_setting('driver_window_days') }} as window_hours
    from {{ ref('int_survey_scores') }}
    where metric = 'nps' and person_id is not null and {{ is_touched(key) }}

),

events as (

    select person_id, occurred_at, 'channel' as factor_kind, channel as factor
    from {{ ref('int_activities') }}
    union all
    select person_id, occurred_at, 'activity' as factor_kind, activity_type as factor
    from {{ ref('int_activities') }}
    where activity_type <> 'visit'
    union all
    select
        visitors.person_id,
        records.occurred_at,
        'page' as factor_kind,
        case
            when {{ is_slow_page('records.page_load_seconds') }} then 'slow page'
            else 'fast page'
        end as factor
    from {{ ref('int_web_events') }} as records
    inner join {{ ref('int_visitors') }} as visitors
        on records.visitor_id = visitors.visitor_id
    where records.page_load_seconds is not null and not records.is_removed
    union all
    select person_id, ordered_at, 'order' as factor_kind, 'cancelled order' as factor
    from {{ ref('int_orders') }}
    where is_cancelled
    union all
    select person_id, ordered_at, 'order' as factor_kind, 'order with a discount' as factor
    from {{ ref('int_orders') }}
    where discount_amount > 0
    union all
    select person_id, ordered_at, 'order' as factor_kind, 'repeat order' as factor
    from {{ ref('int_orders') }}
    where purchase_number > 1
    union all
    select person_id, ordered_at, 'order' as factor_kind, 'order through ' || source as factor
    from {{ ref('int_orders') }}
    where purchase_number is not null
    union all
    select person_id, created_at, 'support' as factor_kind, 'ticket' as factor
    from {{ ref('int_tickets') }}
    union all
    select person_id, created_at, 'support' as factor_kind, 'ticket about ' || topic as factor
    from {{ ref('int_tickets') }}
    union all
    select
        person_id,
        reviewed_at,
        'review' as factor_kind,
        case
            when stars >= {{ experience_setting('satisfied_stars') }} then 'favourable review'
            when stars <= {{ experience_setting('dissatisfied_stars') }} then 'unfavourable review'
            else 'middling review'
        end as factor
    from {{ ref('int_reviews') }}

),

waits as (

    select
        answers.source,
        answers.survey_id,
        answers.submission_id,
        answers.question_id,
        {{ hours_between(
            'tickets.created_at',
            'least(coalesce(tickets.first_response_at, answers.answered_at), answers.answered_at)'
        ) }} > {{ experience_setting('slow_first_response_hours') }} as is_slow,
        tickets.resolved_at is null or tickets.resolved_at > answers.answered_at as is_unresolved
    from answers
    inner join {{ ref('int_tickets') }} as tickets
        on answers.person_id = tickets.person_id
        and tickets.created_at < answers.answered_at
        and {{ hours_between('tickets.created_at', 'answers.answered_at') }}
        <= answers.window_hours

),

factors as (

    select {{ key }}, 'touchpoint' as factor_kind, 'asked about ' || touchpoint as factor
    from answers
    union all
    select
        answers.source,
        answers.survey_id,
        answers.submission_id,
        answers.question_id,
        events.factor_kind,
        events.factor
    from answers
    inner join events
        on answers.person_id = events.person_id
        and events.occurred_at < answers.answered_at
        and {{ hours_between('events.occurred_at', 'answers.answered_at') }}
        <= answers.window_hours
    union all
    select
        {{ key }},
        'support' as factor_kind,
        case when is_slow then 'slow first response' else 'prompt first response' end as factor
    from waits
    union all
    select {{ key }}, 'support' as factor_kind, 'unresolved ticket' as factor
    from waits
    where is_unresolved

)

select
    source,
    survey_id,
    submission_id,
    question_id,
    factor_kind,
    factor
from factors
group by source, survey_id, submission_id, question_id, factor_kind, factor
