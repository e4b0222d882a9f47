{#
    One row per answered question of responses that hold their answers as a list. The value of a
    scored question is a number, any other value is text and kept as such.
#}
{% macro answers_of(responses) -%}
with answers as (

    {{ unnest_answers(responses, [
        'source', 'survey_id', 'submission_id', 'answered_at', 'touchpoint', 'email',
        'customer_id', 'batch_id', 'is_repeat', 'changed_in', 'is_removed'
    ]) }}

)

select
    source,
    survey_id,
    submission_id,
    answer.question_id as question_id,
    answer.question_kind as question_kind,
    answer.question_text as question_text,
    case
        when answer.question_kind <> 'text'
            then cast(try_cast(answer.value as decimal(18, 4)) as double)
    end as score,
    {{ scale_max('answer.question_kind', 'answer.scale_max') }} as scale_max,
    case
        when
            answer.question_kind = 'text'
            or try_cast(answer.value as decimal(18, 4)) is null
            then answer.value
    end as answer_text,
    answered_at,
    touchpoint,
    email,
    customer_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from answers
{%- endmacro %}
