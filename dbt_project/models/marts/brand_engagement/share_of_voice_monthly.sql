{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_brand_mentions'), 'month') }}
{% endset %}
{{ rebuild_only(touched) }}

with brands as (

    select
        month,
        brand,
        bool_or(is_own_brand) as is_own_brand,
        count(*) as mention_count,
        count(sentiment) as rated_mention_count,
        count(case when sentiment = 'positive' then sentiment end) as positive_mention_count,
        cast(sum(reach) as bigint) as reach
    from {{ ref('int_brand_mentions') }}
    where {{ is_touched('month') }}
    group by month, brand

),

measured as (

    select
        month,
        brand,
        'mentions' as measure,
        is_own_brand,
        mention_count as volume,
        mention_count,
        rated_mention_count,
        positive_mention_count
    from brands
    union all
    select
        month,
        brand,
        'reach' as measure,
        is_own_brand,
        coalesce(reach, 0) as volume,
        mention_count,
        rated_mention_count,
        positive_mention_count
    from brands

),

totals as (

    select
        month,
        brand,
        measure,
        is_own_brand,
        volume,
        cast(sum(volume) over (partition by month, measure) as bigint) as total_volume,
        mention_count,
        rated_mention_count,
        positive_mention_count
    from measured

)

select
    month,
    measure,
    brand,
    is_own_brand,
    volume,
    total_volume,
    {{ rate_pct('volume', 'total_volume') }} as share_of_voice_pct,
    mention_count,
    rated_mention_count,
    positive_mention_count,
    {{ rate_pct('positive_mention_count', 'rated_mention_count') }} as positive_mention_pct
from totals
