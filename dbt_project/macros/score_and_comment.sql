{# The answers of responses that hold one score and one comment: a row for each that was given. #}
{% macro score_and_comment(responses) -%}
{%- set columns = "source, survey_id, submission_id, answered_at, touchpoint, email, customer_id,"
    ~ " batch_id, is_repeat, changed_in, is_removed" -%}
select
    {{ columns }},
    'score' as question_id,
    question_kind,
    cast(null as string) as question_text,
    cast(score as double) as score,
    {{ scale_max('question_kind', 'scale_max') }} as scale_max,
    cast(null as string) as answer_text
from {{ responses }}
where score is not null
union all
select
    {{ columns }},
    'comment' as question_id,
    'text' as question_kind,
    cast(null as string) as question_text,
    cast(null as double) as score,
    cast(null as bigint) as scale_max,
    comment as answer_text
from {{ responses }}
where comment is not null
{%- endmacro %}
