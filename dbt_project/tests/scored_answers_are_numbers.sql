-- An answer such as "9 - very likely" counts in no score; its contract or its form wants mending.
{{ config(severity='warn') }}

select
    source,
    survey_id,
    question_id,
    count(*) as answer_count
from {{ ref('survey_answers') }}
where question_kind in ('nps', 'csat', 'ces', 'ces_v1') and score is null
group by source, survey_id, question_id
