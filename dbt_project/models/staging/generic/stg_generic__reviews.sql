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
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'reviews') }}
