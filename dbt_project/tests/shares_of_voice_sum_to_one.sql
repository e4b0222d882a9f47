-- per month and measure, where there is anything to share
select
    month,
    measure,
    sum(share_of_voice_pct) as share_of_voice_pct
from {{ ref('share_of_voice_monthly') }}
group by month, measure
having abs(sum(share_of_voice_pct) - 100) > 0.000001
