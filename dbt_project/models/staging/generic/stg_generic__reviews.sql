with delivered as (

    select * from {{ source('generic', 'reviews') }}

),

reviews as (

    {{ newest_per_key('delivered', ['site', 'review_id'], ['reviewed_at']) }}

)

select
    'generic' as source,
    site,
    review_id,
    reviewed_at,
    rating,
    coalesce(scale_max, 5) as scale_max,
    title,
    review_text,
    language,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat
from reviews
