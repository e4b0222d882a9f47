{#
    The number of a scored answer, also where its label stands before it, as SurveyMonkey has it at the
    ends of a scale: "Not at all likely - 0".
#}
{% macro number_answered(value) -%}
    cast(
        try_cast(
            coalesce(
                nullif(regexp_extract({{ value }}, '[^0-9] - ([0-9]+)$', 1), ''),
                {{ value }}
            ) as decimal(18, 4)
        ) as double
    )
{%- endmacro %}

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

),

scored as (

    select
        source,
        survey_id,
        submission_id,
        answer,
        case
            when answer.question_kind <> 'text' then {{ number_answered('answer.value') }}
        end as score,
        answered_at,
        touchpoint,
        email,
        customer_id,
        batch_id,
        is_repeat,
        changed_in,
        is_removed
    from answers

)

select
    source,
    survey_id,
    submission_id,
    answer.question_id as question_id,
    answer.question_kind as question_kind,
    answer.question_text as question_text,
    score,
    {{ scale_max('answer.question_kind', 'answer.scale_max') }} as scale_max,
    case when score is null then answer.value end as answer_text,
    answered_at,
    touchpoint,
    email,
    customer_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from scored
{%- endmacro %}
