-- Who bought had a basket and a checkout, whatever was recorded: a later step implies the earlier ones.
{{ config(materialized='incremental') }}
{% set month = month_of(business_date('started_at')) %}
{% set touched %}
    {{ changed_rows(ref('int_sessions'), month ~ ' as month') }}
{% endset %}
{{ rebuild_only(touched) }}

with counted as (

    select
        {{ month }} as month,
        count(*) as session_count,
        cast(sum(case when has_cart or has_checkout or has_purchase then 1 else 0 end) as bigint)
            as cart_session_count,
        cast(sum(case when has_checkout or has_purchase then 1 else 0 end) as bigint)
            as checkout_session_count,
        cast(sum(case when has_purchase then 1 else 0 end) as bigint) as purchase_session_count
    from {{ ref('int_sessions') }}
    where {{ is_touched(month, 'month') }}
    group by {{ month }}

)

select
    month,
    session_count,
    cart_session_count,
    checkout_session_count,
    purchase_session_count,
    {{ abandonment_pct('purchase_session_count', 'cart_session_count') }} as cart_abandonment_pct,
    {{ abandonment_pct('purchase_session_count', 'checkout_session_count') }}
        as checkout_abandonment_pct
from counted
