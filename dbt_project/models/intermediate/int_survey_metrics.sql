-- Which metrics a survey asks for: an invitation to it is one to each of them.
{{ config(materialized='incremental') }}

select
    survey_id,
    metric
from {{ ref('int_survey_scores') }}
group by survey_id, metric
