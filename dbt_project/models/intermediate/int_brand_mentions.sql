{{ config(materialized='incremental') }}
{% set touched %}
    select platform, mention_id, brand
    from {{ ref('stg_generic__brand_mentions') }} as mentions
    where {{ is_changed('mentions') }}
{% endset %}
{{ rebuild_only(touched) }}

select
    platform,
    mention_id,
    brand,
    is_own_brand,
    cast(date_trunc('month', {{ business_date('mentioned_at') }}) as date) as month,
    sentiment,
    reach
from {{ ref('stg_generic__brand_mentions') }}
where not is_removed and {{ is_touched('platform, mention_id, brand') }}
