{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_text_scores'), 'text_hash') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    texts.text_hash,
    keywords.topic
from {{ ref('int_text_scores') }} as texts
inner join {{ ref('topic_keywords') }} as keywords
    on texts.language = keywords.language
    and texts.words like case keywords.match
        when 'word' then '% ' || keywords.keyword || ' %'
        when 'beginning' then '% ' || keywords.keyword || '%'
        else '%' || keywords.keyword || '%'
    end
where {{ is_touched('texts.text_hash', 'text_hash') }}
group by texts.text_hash, keywords.topic
