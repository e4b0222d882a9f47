{{ config(materialized='view') }}

select
    survey_id,
    respondent_id,
    brand,
    is_own_brand,
    unaided_rank,
    is_aided,
    case when exposure_group in ('exposed', 'control') then exposure_group end as exposure_group,
    {{ business_date('answered_at') }} as answer_date,
    changed_in,
    is_removed
from {{ ref('stg_generic__brand_awareness_answers') }}
