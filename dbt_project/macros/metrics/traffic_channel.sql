{# Channel of a visit from its source and medium, as coarse as both words allow. #}
{% macro traffic_channel(source, medium) -%}
    case
        when lower({{ medium }}) in ('email', 'e-mail', 'newsletter') or lower({{ source }}) = 'email'
            then 'email'
        when lower({{ medium }}) in ('cpc', 'ppc', 'paid', 'display', 'paid_social', 'paid_search')
            or lower({{ source }}) in ('paid_search', 'ads', 'paid')
            then 'paid'
        when lower({{ medium }}) in ('social', 'social-network')
            or lower({{ source }}) in (
                'social', 'instagram', 'facebook', 'linkedin', 'x', 'twitter', 'tiktok', 'youtube'
            )
            then 'social'
        when lower({{ medium }}) = 'sms' then 'sms'
        when lower({{ medium }}) = 'organic'
            or lower({{ source }}) in ('organic', 'seo', 'organic_search')
            then 'organic search'
        when lower({{ medium }}) = 'referral' or lower({{ source }}) = 'referral' then 'referral'
        when coalesce({{ source }}, {{ medium }}) is null or lower({{ source }}) in ('(direct)', 'direct')
            then 'direct'
        else 'other'
    end
{%- endmacro %}
