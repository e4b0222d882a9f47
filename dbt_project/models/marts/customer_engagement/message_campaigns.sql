{{ config(materialized='incremental') }}
{% set campaign = "coalesce(campaign_id, campaign, 'unknown')" %}
{% set touched %}
    select source, channel, {{ campaign }} as campaign_id
    from {{ ref('int_messages') }} as messages
    where {{ is_changed('messages') }}
{% endset %}
{{ rebuild_only(touched) }}

with events as (

    select
        source,
        channel,
        {{ campaign }} as campaign_id,
        campaign,
        coalesce(message_id, message_event_id) as message_id,
        occurred_at,
        event_type,
        is_machine_open,
        bounce_type
    from {{ ref('int_messages') }}
    where
        not is_removed
        and {{ is_touched('source, channel, ' ~ campaign, 'source, channel, campaign_id') }}

),

-- One row per message, with whether it has an event of each kind.
messages as (

    select
        source,
        channel,
        campaign_id,
        message_id,
        min(campaign) as campaign,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at,
        {% for type in ['delivered', 'bounce', 'open', 'click', 'unsubscribe', 'complaint'] -%}
        bool_or(event_type = '{{ type }}') as has_{{ type }},
        {% endfor -%}
        bool_or(event_type = 'open' and not is_machine_open) as has_human_open,
        bool_or(event_type = 'bounce' and coalesce(bounce_type, '') = 'hard') as has_hard_bounce,
        bool_or(event_type = 'bounce' and coalesce(bounce_type, '') = 'soft') as has_soft_bounce
    from events
    group by source, channel, campaign_id, message_id

),

reported as (

    select
        source,
        channel,
        campaign_id,
        campaign,
        first_event_at,
        last_event_at,
        has_delivered,
        has_bounce,
        has_hard_bounce,
        has_soft_bounce,
        has_open,
        has_human_open,
        has_click,
        has_unsubscribe,
        has_complaint,
        bool_or(has_delivered) over (partition by source, channel, campaign_id)
            as campaign_reports_delivery
    from messages

),

counted as (

    select
        source,
        channel,
        campaign_id,
        min(campaign) as campaign,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at,
        count(*) as sent_count,
        {% for name, condition in [
            ('delivered', is_delivered_message()),
            ('bounced', is_bounced_message()),
            ('hard_bounced', is_bounced_message() ~ ' and has_hard_bounce'),
            ('soft_bounced', is_bounced_message() ~ ' and has_soft_bounce and not has_hard_bounce'),
            ('opened_all', is_opened_by_anybody()),
            ('opened_human', is_opened_by_a_person()),
            ('clicked', 'has_click'),
            ('unsubscribed', 'has_unsubscribe'),
            ('complained', 'has_complaint'),
        ] -%}
        cast(sum(case when {{ condition }} then 1 else 0 end) as bigint) as {{ name }}_count
        {{- ',' if not loop.last }}
        {% endfor -%}
    from reported
    group by source, channel, campaign_id

),

told as (

    select
        counted.source,
        counted.channel,
        counted.campaign_id,
        case when channels.has_opens then counted.opened_all_count end as opened_all_count,
        case when channels.has_opens then counted.opened_human_count end as opened_human_count
    from counted
    left join {{ ref('message_channels') }} as channels
        on counted.channel = channels.channel

)

select
    counted.source,
    counted.channel,
    counted.campaign_id,
    counted.campaign,
    counted.first_event_at,
    counted.last_event_at,
    counted.sent_count,
    counted.delivered_count,
    counted.bounced_count,
    counted.hard_bounced_count,
    counted.soft_bounced_count,
    told.opened_all_count,
    told.opened_human_count,
    counted.clicked_count,
    counted.unsubscribed_count,
    counted.complained_count,
    {{ rate_pct('counted.delivered_count', 'counted.sent_count') }} as delivery_rate_pct,
    {{ rate_pct('counted.bounced_count', 'counted.sent_count') }} as bounce_rate_pct,
    {{ rate_pct('told.opened_all_count', 'counted.delivered_count') }} as open_rate_all_pct,
    {{ rate_pct('told.opened_human_count', 'counted.delivered_count') }} as open_rate_human_pct,
    {{ rate_pct('counted.clicked_count', 'counted.delivered_count') }} as click_rate_pct,
    {{ rate_pct(
        'case when told.opened_human_count is not null then counted.clicked_count end',
        'told.opened_human_count'
    ) }} as ctor_pct,
    {{ rate_pct('counted.unsubscribed_count', 'counted.delivered_count') }}
        as unsubscribe_rate_pct,
    {{ rate_pct('counted.complained_count', 'counted.delivered_count') }} as complaint_rate_pct
from counted
inner join told
    on counted.source = told.source
    and counted.channel = told.channel
    and counted.campaign_id = told.campaign_id
