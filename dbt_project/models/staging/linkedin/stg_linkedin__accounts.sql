-- The own page is the one whose name gives the name in the file: "Acme Shoes" is acme-shoes.
with pages as (

    select
        lower(account_id) as account_id,
        replace(lower(trim(page_name)), ' ', '-') as page_id,
        exported_at,
        followers,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('linkedin', 'accounts') }}

)

select
    'linkedin' as source,
    'linkedin' as platform,
    account_id,
    cast(exported_at as date) as snapshot_date,
    followers,
    batch_id,
    is_repeat,
    changed_in,
    is_removed
from pages
where page_id = account_id
