select
    'trustpilot' as source,
    'trustpilot' as site,
    review_id,
    reviewed_at,
    cast(stars as decimal(18, 4)) as rating,
    cast(5 as bigint) as scale_max,
    title,
    review_text,
    language,
    email,
    cast(null as string) as customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('trustpilot', 'reviews') }}
