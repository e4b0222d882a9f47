-- A deal has no lines: it is an order of one, once it is won.
with deals as (

    select
        deal_id,
        coalesce(closed_at, created_at) as ordered_at,
        deal_name,
        coalesce(is_won, stage = 'closedwon', false) and not coalesce(is_archived, false)
            as is_won,
        amount,
        currency,
        customer_id,
        _batch_id as batch_id,
        _is_repeat as is_repeat,
        _changed_in as changed_in,
        _is_removed as is_removed
    from {{ source('hubspot', 'deals') }}

),

members as (

    {{ unnest_json(
        source('hubspot', 'deals'), ['deal_id', '_is_removed'], 'contacts', {'contact_id': 'id'}
    ) }}

),

-- A deal has changed when its buyer has.
buyers as (

    select
        members.deal_id,
        max(case when not contacts._is_removed then contacts.email end) as email,
        max(case when not contacts._is_removed then contacts.customer_id end) as customer_id,
        max(contacts._changed_in) as changed_in
    from members
    inner join {{ source('hubspot', 'contacts') }} as contacts
        on members.contact_id = contacts.contact_id
    where members.item_number = 1 and not members._is_removed
    group by members.deal_id

)

select
    'hubspot' as source,
    deals.deal_id as order_id,
    cast(1 as bigint) as line_number,
    deals.ordered_at,
    coalesce(deals.customer_id, buyers.customer_id) as customer_id,
    buyers.email,
    cast(null as string) as product_id,
    deals.deal_name as product_name,
    cast(1 as decimal(18, 4)) as quantity,
    deals.amount as unit_price,
    cast(0 as decimal(18, 4)) as discount_amount,
    cast(0 as decimal(18, 4)) as order_discount_amount,
    cast(0 as decimal(18, 4)) as refunded_amount,
    upper(deals.currency) as currency,
    cast(null as string) as country,
    cast(null as string) as order_status,
    false as is_cancelled,
    deals.batch_id,
    deals.is_repeat,
    greatest(deals.changed_in, coalesce(buyers.changed_in, 0)) as changed_in,
    deals.is_removed or not deals.is_won or deals.amount is null as is_removed
from deals
left join buyers on deals.deal_id = buyers.deal_id
