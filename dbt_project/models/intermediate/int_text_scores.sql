{#
    Each distinct text is scored once, when it comes first; one that stands already keeps its score.
    With another version of the models every table is built anew (Inputs.code).
#}
{{ config(materialized='incremental') }}
{% set touched %}
    select text_hash
    from {{ ref('int_texts') }} as texts
    where {{ is_changed('texts') }}
{% endset %}
{{ rebuild_only(touched) }}

with distinct_texts as (

    select
        text_hash,
        min(feedback_text) as feedback_text,
        min(delivered_language) as delivered_language
    from {{ ref('int_texts') }}
    where not is_removed and {{ is_touched('text_hash') }}
    group by text_hash

),

scored as (

    select
        text_hash,
        {{ score_text('feedback_text', 'delivered_language') }} as said
    from distinct_texts
    {% if is_incremental() %}
    where text_hash not in (select text_hash from {{ this }})
    {% endif %}

),

flat as (

    select
        text_hash,
        said.language as language,
        said.sentiment as sentiment,
        said.confidence as confidence,
        said.model_version as model_version,
        said.word_count as word_count,
        said.words as words
    from scored
    {% if is_incremental() %}
    union all
    select
        standing.text_hash,
        standing.language,
        standing.sentiment,
        standing.confidence,
        standing.model_version,
        standing.word_count,
        standing.words
    from {{ this }} as standing
    inner join distinct_texts
        on standing.text_hash = distinct_texts.text_hash
    {% endif %}

)

select
    text_hash,
    language,
    sentiment,
    confidence,
    model_version,
    word_count,
    words
from flat
