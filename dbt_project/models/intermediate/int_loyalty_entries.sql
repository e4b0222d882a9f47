-- The balance and the tier of a member after each entry. Of entries at one moment those that add come first.
{{ config(materialized='incremental') }}

with entries as (

    select
        records.source,
        records.entry_id,
        records.occurred_at,
        {{ business_date('records.occurred_at') }} as entry_date,
        {{ person_id('records.email', 'records.customer_id') }} as person_id,
        records.entry_type,
        records.points,
        records.tier,
        records.reward_type
    from {{ ref('stg_generic__loyalty_ledger') }} as records
    {{ person_joins('records.email', 'records.customer_id') }}
    where
        coalesce(records.email, records.customer_id) is not null
        and not records.is_removed

),

numbered as (

    select
        source,
        entry_id,
        occurred_at,
        entry_date,
        person_id,
        entry_type,
        points,
        tier,
        reward_type,
        row_number() over (
            partition by person_id order by occurred_at, points desc, source, entry_id
        ) as entry_number
    from entries

),

running as (

    select
        source,
        entry_id,
        occurred_at,
        entry_date,
        person_id,
        entry_type,
        points,
        tier,
        reward_type,
        entry_number,
        sum(points) over (
            partition by person_id
            order by entry_number
            rows between unbounded preceding and current row
        ) as balance_points,
        count(tier) over (
            partition by person_id
            order by entry_number
            rows between unbounded preceding and current row
        ) as tier_number
    from numbered

)

select
    source,
    entry_id,
    occurred_at,
    entry_date,
    person_id,
    entry_type,
    points,
    reward_type,
    entry_number,
    cast(balance_points as decimal(18, 4)) as balance_points,
    coalesce(max(tier) over (partition by person_id, tier_number), 'member') as tier,
    row_number() over (partition by person_id order by entry_number desc) = 1 as is_newest
from running
