-- What is not one of the scored kinds is kept as text, a number too.
with answers as (

    select
        survey_id,
        submission_id,
        question_id,
        case when field_type in ('nps', 'csat', 'ces') then field_type else 'text' end
            as question_kind,
        question_text,
        value_number,
        coalesce(
            value_text, cast(value_number as string), cast(value_boolean as string),
            cast(value_date as string)
        ) as value_as_text,
        answered_at,
        customer_id,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('formbricks', 'feedback_records') }}

)

select
    'formbricks' as source,
    survey_id,
    submission_id,
    question_id,
    question_kind,
    question_text,
    case when question_kind <> 'text' then cast(value_number as double) end as score,
    {{ scale_max('question_kind', 'cast(null as bigint)') }} as scale_max,
    case when question_kind = 'text' or value_number is null then value_as_text end as answer_text,
    answered_at,
    cast(null as string) as touchpoint,
    cast(null as string) as email,
    customer_id,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from answers
