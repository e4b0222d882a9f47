-- Only what a person did as a customer counts: from the first order on.
{{ config(materialized='incremental') }}
{% set week = "cast(date_trunc('week', activities.activity_date) as date)" %}
{% set touched %}
    select person_id, week
    from (
        {{ changed_rows(
            ref('int_activities'),
            "person_id, cast(date_trunc('week', activity_date) as date) as week"
        ) }}
    ) as changed
    where person_id in (select person_id from {{ ref('int_customers') }})
    union all
    select activities.person_id, {{ week }} as week
    from {{ ref('int_activities') }} as activities
    where activities.person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
    union all
    select person_id, week
    from {{ this }}
    where person_id in ({{ changed_rows(ref('int_customers'), 'person_id') }})
{% endset %}
{{ rebuild_only(touched) }}

with weighted as (

    select
        activities.person_id,
        {{ week }} as week,
        weights.component,
        weights.weight
    from {{ ref('int_activities') }} as activities
    inner join {{ ref('int_customers') }} as customers
        on activities.person_id = customers.person_id
        and activities.occurred_at >= customers.first_order_at
    inner join {{ ref('activity_weights') }} as weights
        on activities.activity_type = weights.activity_type
    where {{ is_touched('activities.person_id, ' ~ week, 'person_id, week') }}

),

scores as (

    select
        person_id,
        week,
        count(*) as activity_count,
        sum(weight) as score,
        sum(case when component = 'web' then weight else 0 end) as web_score,
        sum(case when component = 'messages' then weight else 0 end) as messages_score,
        sum(case when component = 'commerce' then weight else 0 end) as commerce_score,
        sum(case when component = 'feedback' then weight else 0 end) as feedback_score
    from weighted
    group by person_id, week

)

select
    scores.person_id,
    scores.week,
    scores.activity_count,
    cast(scores.score as double) as score,
    cast(scores.web_score as double) as web_score,
    cast(scores.messages_score as double) as messages_score,
    cast(scores.commerce_score as double) as commerce_score,
    cast(scores.feedback_score as double) as feedback_score,
    levels.level as engagement_level
from scores
left join {{ ref('engagement_levels') }} as levels
    on levels.metric = 'customer_engagement_score'
    and {{ within_level('scores.score', 'levels') }}
