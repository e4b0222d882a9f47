{#
    Staged follower counts of a platform of which each row is one account on one day.
#}
{% macro follower_counts_of(platform) -%}
select
    '{{ platform }}' as source,
    '{{ platform }}' as platform,
    account_id,
    snapshot_date,
    followers,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source(platform, 'accounts') }}
{%- endmacro %}
