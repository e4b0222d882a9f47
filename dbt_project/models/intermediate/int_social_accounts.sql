with accounts as (

    select
        platform,
        account_id,
        snapshot_date,
        followers,
        batch_id,
        row_number() over (
            partition by platform, account_id, snapshot_date order by source, batch_id
        ) as position
    from {{ ref('int_all_social_accounts') }}
    where not is_removed and followers is not null

)

select
    platform,
    account_id,
    snapshot_date,
    followers,
    batch_id
from accounts
where position = 1
