select
    'generic' as source,
    experiment_id,
    exposure_id,
    lower(variation) as variation,
    coalesce(is_control, lower(variation) = 'control') as is_control,
    planned_share,
    exposed_at,
    coalesce(lower(visitor_source), 'generic') || '-' || visitor_id as visitor_id,
    email,
    customer_id,
    _batch_id as batch_id,
    _is_repeat as is_repeat,
    _changed_in as changed_in,
    _is_removed as is_removed
from {{ source('generic', 'experiment_exposures') }}
