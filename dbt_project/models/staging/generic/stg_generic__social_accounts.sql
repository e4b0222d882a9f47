with delivered as (

    select * from {{ source('generic', 'social_accounts') }}

),

snapshots as (

    {{ newest_per_key('delivered', ['platform', 'account_id', 'snapshot_date'], ['followers']) }}

)

select
    'generic' as source,
    lower(platform) as platform,
    account_id,
    snapshot_date,
    followers,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from snapshots
