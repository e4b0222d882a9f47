-- A rate stands until the next one that is known.
select
    base_currency,
    currency,
    year as first_year,
    lead(year) over (partition by currency order by year) as next_year,
    units_per_base
from {{ ref('exchange_rates') }}
