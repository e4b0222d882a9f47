with web as (

    select
        web_events.source || '-web-' || web_events.event_id as activity_id,
        web_events.occurred_at,
        visitors.person_id,
        'web' as channel,
        web_events.activity_type,
        web_events.source
    from {{ ref('int_web_events') }} as web_events
    inner join {{ ref('int_visitors') }} as visitors
        on web_events.visitor_id = visitors.visitor_id
    where web_events.activity_type is not null

),

messages as (

    select
        source || '-message-' || message_event_id as activity_id,
        occurred_at,
        person_id,
        channel,
        'message_' || event_type as activity_type,
        source
    from {{ ref('int_messages') }}
    where
        event_type in ('open', 'click')
        and not is_machine_open
        and person_id is not null

),

orders as (

    select
        source || '-order-' || order_id as activity_id,
        ordered_at as occurred_at,
        person_id,
        'shop' as channel,
        'order' as activity_type,
        source
    from {{ ref('int_orders') }}
    where purchase_number is not null

),

survey_responses as (

    select
        source || '-survey-' || survey_id || '-' || submission_id as activity_id,
        min(answered_at) as occurred_at,
        min(person_id) as person_id,
        'survey' as channel,
        'survey_response' as activity_type,
        source
    from {{ ref('int_survey_answers') }}
    where person_id is not null
    group by source, survey_id, submission_id

),

reviews as (

    select
        reviews.source || '-review-' || reviews.site || '-' || reviews.review_id as activity_id,
        reviews.reviewed_at as occurred_at,
        {{ person_id('reviews.email', 'reviews.customer_id') }} as person_id,
        'review site' as channel,
        'review' as activity_type,
        reviews.source
    from {{ ref('stg_generic__reviews') }} as reviews
    {{ person_joins('reviews.email', 'reviews.customer_id') }}
    where coalesce(reviews.email, reviews.customer_id) is not null

),

activities as (

    select activity_id, occurred_at, person_id, channel, activity_type, source from web
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source from messages
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source from orders
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source
    from survey_responses
    union all
    select activity_id, occurred_at, person_id, channel, activity_type, source from reviews

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
