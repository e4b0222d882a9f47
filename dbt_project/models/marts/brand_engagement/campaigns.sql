{#
    A campaign is whatever the plan, messages, ad spend or links name; one that is not in the plan
    shows by is_listed. Leads and orders are put down to the last campaign visit before them.
#}
with visits as (

    select
        coalesce(listed.campaign_id, visits.link_name) as campaign_id,
        min(visits.channel) as channel,
        cast(sum(visits.visit_count) as bigint) as visit_count,
        cast(sum(visits.engaged_visit_count) as bigint) as engaged_visit_count
    from {{ ref('int_campaign_visits') }} as visits
    left join {{ ref('int_campaigns') }} as listed
        on visits.link_name = listed.link_name
    group by coalesce(listed.campaign_id, visits.link_name)

),

conversions as (

    select
        coalesce(listed.campaign_id, conversions.link_name) as campaign_id,
        conversions.person_id,
        conversions.conversion,
        conversions.purchase_number,
        conversions.order_amount,
        conversions.currency
    from {{ ref('int_campaign_conversions') }} as conversions
    left join {{ ref('int_campaigns') }} as listed
        on conversions.link_name = listed.link_name

),

leads as (

    select campaign_id, count(*) as lead_count
    from conversions
    where conversion = 'lead'
    group by campaign_id

),

orders as (

    select
        campaign_id,
        count(*) as order_count,
        count(distinct person_id) as customer_count,
        count(case when purchase_number = 1 then person_id end) as new_customer_count,
        {{ amount_in_one_currency('order_amount', 'currency') }} as revenue_amount,
        case when min(currency) = max(currency) then min(currency) end as revenue_currency
    from conversions
    where conversion = 'order'
    group by campaign_id

),

named as (

    select campaign_id from {{ ref('int_campaigns') }}
    union all
    select campaign_id from {{ ref('int_campaign_messages') }}
    union all
    select campaign_id from {{ ref('int_campaign_spend') }}
    union all
    select campaign_id from visits

),

known as (

    select campaign_id
    from named
    group by campaign_id

),

combined as (

    select
        known.campaign_id,
        coalesce(listed.campaign_name, messages.campaign_name) as campaign_name,
        coalesce(listed.channel, messages.channel, visits.channel) as channel,
        listed.stage_goal,
        listed.campaign_id is not null as is_listed,
        listed.starts_on,
        listed.ends_on,
        messages.sent_count,
        {{ delivered('messages.sent_count', 'messages.reached_count', 'messages.bounced_count') }}
            as delivered_count,
        listed.reach,
        spend.impressions,
        messages.clicked_count as message_click_count,
        spend.clicks as ad_click_count,
        case
            when coalesce(messages.clicked_count, spend.clicks) is not null
                then coalesce(messages.clicked_count, 0) + coalesce(spend.clicks, 0)
        end as click_count,
        coalesce(visits.visit_count, 0) as visit_count,
        coalesce(visits.engaged_visit_count, 0) as engaged_visit_count,
        coalesce(leads.lead_count, 0) as lead_count,
        coalesce(orders.customer_count, 0) as customer_count,
        coalesce(orders.new_customer_count, 0) as new_customer_count,
        coalesce(orders.order_count, 0) as order_count,
        case
            when orders.campaign_id is null then cast(0 as decimal(18, 4))
            else orders.revenue_amount
        end as revenue_amount,
        orders.revenue_currency,
        spend.spend_amount,
        spend.spend_currency
    from known
    left join {{ ref('int_campaigns') }} as listed
        on known.campaign_id = listed.campaign_id
    left join {{ ref('int_campaign_messages') }} as messages
        on known.campaign_id = messages.campaign_id
    left join {{ ref('int_campaign_spend') }} as spend
        on known.campaign_id = spend.campaign_id
    left join visits
        on known.campaign_id = visits.campaign_id
    left join leads
        on known.campaign_id = leads.campaign_id
    left join orders
        on known.campaign_id = orders.campaign_id

)

select
    campaign_id,
    campaign_name,
    channel,
    stage_goal,
    is_listed,
    starts_on,
    ends_on,
    sent_count,
    delivered_count,
    reach,
    impressions,
    message_click_count,
    ad_click_count,
    click_count,
    visit_count,
    engaged_visit_count,
    lead_count,
    customer_count,
    new_customer_count,
    order_count,
    revenue_amount,
    revenue_currency,
    spend_amount,
    spend_currency,
    {{ rate_pct('message_click_count', 'delivered_count') }} as message_click_rate_pct,
    {{ rate_pct('ad_click_count', 'impressions') }} as ad_click_rate_pct,
    {{ rate_pct('customer_count', 'delivered_count') }} as conversion_of_delivered_pct,
    {{ rate_pct('customer_count', 'click_count') }} as conversion_of_clicks_pct,
    {{ rate_pct('customer_count', 'visit_count') }} as conversion_of_visits_pct,
    cast(cast(spend_amount as double) / nullif(lead_count, 0) as decimal(18, 4))
        as cost_per_lead_amount,
    cast(cast(spend_amount as double) / nullif(new_customer_count, 0) as decimal(18, 4))
        as cost_per_new_customer_amount,
    case
        when spend_currency = revenue_currency
            then cast(revenue_amount as double) / nullif(cast(spend_amount as double), 0)
    end as return_on_spend
from combined
