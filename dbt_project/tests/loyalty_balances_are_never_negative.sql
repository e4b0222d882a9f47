-- A file with what was earned may still be missing: so this warns, as does a fault of the programme.
{{ config(severity='warn') }}

select
    source,
    entry_id,
    occurred_at,
    entry_type,
    points,
    balance_points
from {{ ref('int_loyalty_entries') }}
where balance_points < 0
