{#
    Staged responses of a tool whose export has one row per response and a column per question: its
    contract makes one list of them (`answers`), which `answers_of` takes apart.
#}
{% macro responses_of(tool) -%}
select
    '{{ tool }}' as source,
    survey_id,
    response_id as submission_id,
    submitted_at as answered_at,
    touchpoint,
    email,
    customer_id,
    answers,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source(tool, 'responses') }}
{%- endmacro %}
