-- Without web events nobody can be told from a visitor, without answers nobody from a promoter.

select stage_rank, stage, is_required, window_days
from {{ ref('funnel_stages') }}
where
    observed_in = 'any source'
    or (observed_in = 'web events' and exists (select 1 from {{ ref('int_visitors') }}))
    or (observed_in = 'answers' and exists (select 1 from {{ ref('int_recommendations') }}))
