-- Two first places of one respondent make the shares of top of mind sum to more than all: the
-- survey tool's fault, so this warns.
{{ config(severity='warn') }}

select
    survey_id,
    respondent_id,
    count(*) as brands_named_first
from {{ ref('int_brand_awareness_answers') }}
where {{ is_top_of_mind('unaided_rank') }} and not is_removed
group by survey_id, respondent_id
having count(*) > 1
