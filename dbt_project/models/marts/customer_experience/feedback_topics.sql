{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('feedback'), 'feedback_id') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    feedback.feedback_id,
    topics.topic,
    feedback.said_date,
    feedback.feedback_kind,
    feedback.language,
    feedback.sentiment,
    feedback.sentiment_score
from {{ ref('feedback') }} as feedback
inner join {{ ref('int_text_topics') }} as topics
    on feedback.text_hash = topics.text_hash
where {{ is_touched('feedback.feedback_id', 'feedback_id') }}
