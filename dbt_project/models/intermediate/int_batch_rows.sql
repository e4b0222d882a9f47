-- Rows of each batch that staging kept: the rest are repeats of records in other files.
{% set staged = {
    'ga4/events': ref('stg_ga4__events'),
    'generic/messages': ref('stg_generic__messages'),
    'generic/orders': ref('stg_generic__orders'),
    'generic/reviews': ref('stg_generic__reviews'),
    'generic/social_accounts': ref('stg_generic__social_accounts'),
    'generic/social_posts': ref('stg_generic__social_posts'),
    'generic/survey_answers': ref('stg_generic__survey_answers'),
    'generic/survey_invitations': ref('stg_generic__survey_invitations'),
    'generic/web_events': ref('stg_generic__web_events'),
    'google_forms/responses': ref('stg_google_forms__responses'),
    'meta_business_suite/posts': ref('stg_meta_business_suite__posts'),
    'shopify/orders': ref('stg_shopify__orders'),
    'typeform/responses': ref('stg_typeform__responses'),
} %}

{% for entity, model in staged.items() %}
select
    '{{ entity.split("/")[0] }}' as source,
    '{{ entity.split("/")[1] }}' as entity,
    batch_id,
    cast(sum(case when is_repeat then 0 else 1 end) as bigint) as rows_staged
from {{ model }}
group by batch_id
{% if not loop.last %}union all{% endif %}
{% endfor %}
