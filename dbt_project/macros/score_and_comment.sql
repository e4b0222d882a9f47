{#
    The answers of responses that hold one score and one comment: a row for each that was given.
    A score of another kind (stars, thumbs, …) is kept as text.
#}
{% macro score_and_comment(responses) -%}
{%- set columns = "source, survey_id, submission_id, answered_at, touchpoint, email, customer_id,"
    ~ " batch_id, is_repeat, changed_in, is_removed" -%}
{%- set is_scored = "(question_kind in ('nps', 'csat', 'ces', 'ces_v1'))" -%}
select
    {{ columns }},
    'score' as question_id,
    case when {{ is_scored }} then question_kind else 'text' end as question_kind,
    cast(null as string) as question_text,
    case when {{ is_scored }} then cast(score as double) end as score,
    case when {{ is_scored }} then {{ scale_max('question_kind', 'scale_max') }} end as scale_max,
    case when not {{ is_scored }} then cast(cast(score as double) as string) end as answer_text
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
