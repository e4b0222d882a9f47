-- Whoever names a brand first has named it.
select
    firsts.survey_id,
    firsts.month,
    firsts.brand,
    firsts.aware_count as top_of_mind_count,
    named.aware_count as unaided_count
from {{ ref('brand_awareness_monthly') }} as firsts
inner join {{ ref('brand_awareness_monthly') }} as named
    on firsts.survey_id = named.survey_id
    and firsts.month = named.month
    and firsts.brand = named.brand
where
    firsts.measure = 'top_of_mind'
    and named.measure = 'unaided'
    and firsts.aware_count > named.aware_count
