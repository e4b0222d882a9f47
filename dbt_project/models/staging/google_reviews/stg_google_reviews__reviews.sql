select
    'google_reviews' as source,
    'google' as site,
    review_id,
    reviewed_at,
    cast(
        case upper(star_rating)
            when 'ONE' then 1 when 'TWO' then 2 when 'THREE' then 3 when 'FOUR' then 4
            when 'FIVE' then 5
        end as decimal(18, 4)
    ) as rating,
    cast(5 as bigint) as scale_max,
    cast(null as string) as title,
    review_text,
    cast(null as string) as language,
    cast(null as string) as email,
    cast(null as string) as customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('google_reviews', 'reviews') }}
