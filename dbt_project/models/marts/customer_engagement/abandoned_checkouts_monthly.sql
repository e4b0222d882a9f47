-- A shop lists the checkouts that were left; how many were begun in all, checkout_monthly says.
with checkouts as (

    select
        month,
        source,
        currency,
        count(*) as abandoned_count,
        cast(sum(case when is_recovered then 1 else 0 end) as bigint) as recovered_count,
        cast(sum(total_amount) as decimal(18, 4)) as abandoned_amount,
        cast(sum(case when is_recovered then total_amount else 0 end) as decimal(18, 4))
            as recovered_amount
    from {{ ref('int_abandoned_checkouts') }}
    group by month, source, currency

)

select
    month,
    source,
    currency,
    abandoned_count,
    recovered_count,
    {{ rate_pct('recovered_count', 'abandoned_count') }} as recovered_pct,
    abandoned_amount,
    recovered_amount
from checkouts
