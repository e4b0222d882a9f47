{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('int_texts'), 'feedback_id') }}
{% endset %}
{{ rebuild_only(touched) }}

with texts as (

    select
        records.feedback_id,
        records.source,
        records.feedback_kind,
        records.place,
        records.said_at,
        records.touchpoint,
        records.stars,
        records.feedback_text,
        records.delivered_language,
        records.text_hash,
        {{ person_id('records.email', 'records.customer_id') }} as person_id
    from {{ ref('int_texts') }} as records
    {{ person_joins('records.email', 'records.customer_id') }}
    where not records.is_removed and {{ is_touched('records.feedback_id', 'feedback_id') }}

),

topics as (

    select
        text_hash,
        {{ listed('topic') }} as topics
    from {{ ref('int_text_topics') }}
    group by text_hash

)

select
    texts.feedback_id,
    texts.source,
    texts.feedback_kind,
    texts.place,
    texts.said_at,
    {{ business_date('texts.said_at') }} as said_date,
    texts.person_id,
    texts.touchpoint,
    texts.stars,
    texts.feedback_text,
    scores.language,
    scores.language is not null and texts.delivered_language is null as is_language_detected,
    {{ sentiment_label('scores.sentiment', 'labels') }} as sentiment,
    scores.sentiment as sentiment_score,
    scores.confidence as sentiment_confidence,
    scores.model_version,
    topics.topics,
    texts.text_hash
from texts
inner join {{ ref('int_text_scores') }} as scores
    on texts.text_hash = scores.text_hash
left join {{ ref('sentiment_labels') }} as labels
    on scores.language = labels.language
left join topics
    on texts.text_hash = topics.text_hash
where
    texts.feedback_kind = 'review'
    or scores.word_count >= {{ experience_setting('free_text_min_words') }}
