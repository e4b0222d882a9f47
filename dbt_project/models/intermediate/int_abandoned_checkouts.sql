select
    source,
    checkout_id,
    started_at,
    {{ month_of(business_date('started_at')) }} as month,
    currency,
    total_amount,
    recovered_at is not null as is_recovered
from {{ ref('stg_shopify__abandoned_checkouts') }}
where not is_removed
