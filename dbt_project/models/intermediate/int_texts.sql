{{ config(materialized='view') }}
{% set title = "coalesce(records.title || '. ', '') || coalesce(records.review_text, '')" %}

with texts as (

    select
        records.source || '-survey-' || records.survey_id || '-' || records.submission_id || '-'
            || records.question_id as feedback_id,
        records.source,
        'survey answer' as feedback_kind,
        records.survey_id as place,
        records.answered_at as said_at,
        records.answer_text as feedback_text,
        cast(null as string) as delivered_language,
        records.touchpoint,
        cast(null as double) as stars,
        records.email,
        records.customer_id,
        records.changed_in,
        records.is_removed
    from {{ ref('int_survey_answers') }} as records
    where records.question_kind = 'text'
    union all
    select
        records.source || '-review-' || records.site || '-' || records.review_id as feedback_id,
        records.source,
        'review' as feedback_kind,
        records.site as place,
        records.reviewed_at as said_at,
        {{ title }} as feedback_text,
        lower(records.language) as delivered_language,
        cast(null as string) as touchpoint,
        {{ stars('records.rating', 'records.scale_max') }} as stars,
        records.email,
        records.customer_id,
        records.changed_in,
        records.is_removed
    from {{ ref('int_all_reviews') }} as records

)

select
    feedback_id,
    source,
    feedback_kind,
    place,
    said_at,
    feedback_text,
    delivered_language,
    {{ dbt.hash("coalesce(delivered_language, '') || ' ' || feedback_text") }} as text_hash,
    touchpoint,
    stars,
    email,
    customer_id,
    changed_in,
    is_removed
from texts
where trim(feedback_text) <> ''
