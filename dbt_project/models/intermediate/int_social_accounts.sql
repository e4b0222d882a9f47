select
    platform,
    account_id,
    snapshot_date,
    followers,
    batch_id
from {{ ref('stg_generic__social_accounts') }}
where not is_removed
