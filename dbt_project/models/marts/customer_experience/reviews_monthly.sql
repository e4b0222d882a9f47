with reviews as (

    select
        site,
        cast(date_trunc('month', review_date) as date) as month,
        stars,
        stars >= {{ experience_setting('satisfied_stars') }} as is_favourable,
        stars <= {{ experience_setting('dissatisfied_stars') }} as is_unfavourable
    from {{ ref('int_reviews') }}

),

counts as (

    select
        site,
        month,
        count(*) as n,
        cast(avg(cast(stars as decimal(18, 6))) as double) as mean_stars,
        cast(sum(case when is_favourable then 1 else 0 end) as bigint) as favourable_count,
        cast(sum(case when is_unfavourable then 1 else 0 end) as bigint) as unfavourable_count
    from reviews
    group by site, month

)

select
    site,
    month,
    n,
    mean_stars,
    favourable_count,
    unfavourable_count,
    {{ rate_pct('favourable_count', 'n') }} as favourable_pct,
    {{ wilson_interval('favourable_count', 'n', 'low') }} as ci_low,
    {{ wilson_interval('favourable_count', 'n', 'high') }} as ci_high
from counts
