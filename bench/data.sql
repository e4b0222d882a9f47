-- One table per entity and day of landed data; every value follows from the numbers of its day
-- and visit through a hash. Variables: visits, new_visitors, messages (each of a day).

-- dice: evenly from 0 to 1. pick: one of a list.
create macro dice(number, salt) as (hash(number, salt) % 1000003) / 1000003.0;
create macro pick(number, salt, choices) as choices[1 + (hash(number, salt) % len(choices))::int];
create macro midnight_of(day) as timestamp '2024-01-01 00:00' + to_days(day::int);

-- Some visits of a day are of new visitors, the others of ones who came within the last weeks.
-- Of eight visitors two are the devices of one customer.
create macro visits_of(day) as table
with numbered as (

    select
        day as visit_day,
        number,
        day * getvariable('visits') + number as visit,
        (day + 1) * getvariable('new_visitors') as visitors_so_far
    from (select unnest(range(getvariable('visits'))) as number)
    where day >= 0

),

visitors as (

    select
        *,
        case
            when number < getvariable('new_visitors')
                then visit_day * getvariable('new_visitors') + number
            else
                visitors_so_far - 1
                - floor(-ln(1 - dice(visit, 'age')) * 10 * getvariable('new_visitors'))::bigint
                % visitors_so_far
        end as visitor
    from numbered

),

people as (

    select
        *,
        case when visitor % 8 < 2 then visitor // 8 end as customer
    from visitors

),

visits as (

    select
        *,
        coalesce('customer' || customer, 'visitor' || visitor) || '@example.org' as address,
        'C' || customer as customer_id,
        customer is not null and dice(visit, 'login') < 0.4 as is_logged_in,
        dice(visit, 'late') < 0.005 as is_late,
        midnight_of(visit_day) + to_seconds(floor(dice(visit, 'start') * 86400)) as started_at,
        5 + (hash(visit, 'step') % 80)::bigint as step_seconds,
        1 + least(floor(-ln(1 - dice(visit, 'length')) * 5), 29)::bigint as event_count,
        case
            when dice(visit, 'order') < if(customer is null, 0.004, 0.06) then 'purchase'
            when dice(visit, 'lead') < 0.03 then 'generate_lead'
        end as outcome
    from people

)

select
    *,
    started_at + to_seconds((event_count - 1) * step_seconds) as ended_at
from visits;

-- As a nightly export delivers them: the day, five minutes of the day before once more, and what
-- an app delivered a day late.
create macro web_events_of(day) as table
with visits as (

    from visits_of(day) where not is_late
    union all
    from visits_of(day - 1) where is_late or ended_at >= midnight_of(day) - interval 5 minutes

),

positions as (

    select *, unnest(range(event_count)) as position from visits

),

occurred as (

    select
        *,
        started_at + to_seconds(position * step_seconds) as occurred_at,
        visit || '-' || position as event
    from positions

),

named as (

    select
        *,
        case
            when position = event_count - 1 and outcome is not null then outcome
            when position = 0 then 'page_view'
            else pick(event, 'name', [
                'page_view', 'page_view', 'page_view', 'page_view', 'page_view', 'page_view',
                'page_view', 'product_view', 'product_view', 'product_view', 'scroll', 'scroll',
                'search', 'select_item', 'add_to_cart', 'begin_checkout', 'video_start',
                'file_download', 'filter_results', 'user_engagement'
            ])
        end as event_name
    from occurred
    where
        is_late
        or (
            occurred_at >= midnight_of(day) - interval 5 minutes
            and occurred_at < midnight_of(day + 1)
        )

)

select
    'e' || event as event_id,
    occurred_at,
    'v' || visitor as visitor_id,
    case when is_logged_in then customer_id end as customer_id,
    case when event_name = 'generate_lead' then address end as email,
    event_name,
    'https://shop.example/' || pick(event, 'page', ['news', 'shoes', 'coats', 'sale', 'help'])
    || '/' || hash(event, 'item') % 500 as page_url,
    case
        when position = 0
            then pick(visit, 'origin', ['google', 'newsletter', 'instagram', 'facebook', 'ads', null])
    end as traffic_source,
    case
        when position = 0
            then pick(visit, 'origin', ['organic', 'email', 'social', 'social', 'cpc', null])
    end as traffic_medium,
    case
        when position = 0
            then pick(visit, 'origin', [null, 'weekly', 'launch', 'launch', 'brand', null])
    end as campaign,
    pick(visitor, 'device', ['mobile', 'mobile', 'desktop', 'tablet']) as device_category,
    case when event_name = 'page_view' then (hash(event, 'seconds') % 240) / 4.0 end
        as engagement_seconds,
    case when event_name = 'purchase' then 'O' || visit end as order_id
from named
order by occurred_at, event_id;

-- An order that was cancelled comes again the next day, with that status.
create macro orders_of(day) as table
with orders as (

    select *, 'placed' as order_status
    from visits_of(day)
    where outcome = 'purchase'
    union all
    select *, 'cancelled' as order_status
    from visits_of(day - 1)
    where outcome = 'purchase' and dice(visit, 'cancelled') < 0.02

),

lines as (

    select *, unnest(range(1, 2 + (hash(visit, 'lines') % 3)::bigint)) as line_number
    from orders

)

select
    'O' || visit as order_id,
    line_number,
    ended_at as ordered_at,
    customer_id,
    address as email,
    'P' || hash(visit, line_number) % 500 as product_id,
    'Product ' || hash(visit, line_number) % 500 as product_name,
    1 + (hash(visit, line_number, 'quantity') % 3)::int as quantity,
    ((199 + hash(visit, line_number, 'price') % 9800) / 100)::decimal(18, 2) as unit_price,
    'EUR' as currency,
    order_status,
    pick(visit, 'country', ['DE', 'FR', 'NL', 'AT']) as country
from lines
order by ordered_at, order_id, line_number;

create macro messages_of(day) as table
with messages as (

    select
        'm' || day || '-' || number as message_id,
        hash(day, number) % (1 + (day + 1) * getvariable('new_visitors') // 8) as customer
    from (select unnest(range(getvariable('messages'))) as number)

),

message_events as (

    select
        *,
        pick(message_id, 'channel', ['email', 'email', 'email', 'push', 'sms']) as channel,
        unnest(['sent', 'delivered', 'open', 'click']) as event_type,
        unnest([1, 0.98, 0.4, 0.1]) as share,
        unnest([0, 1, 90, 95]) as minutes
    from messages

)

select
    message_id || '-' || event_type as message_event_id,
    midnight_of(day) + interval 7 hours + to_minutes(minutes + (hash(message_id) % 300)::int)
        as occurred_at,
    message_id,
    'k' || day as campaign_id,
    'Campaign ' || day as campaign,
    channel,
    event_type,
    case when event_type = 'open' then dice(message_id, 'machine') < 0.3 end as is_machine_open,
    case when channel <> 'sms' then 'customer' || customer || '@example.org' end as email,
    case when channel = 'sms' then '+49170' || (1000000 + customer) end as phone,
    case when channel <> 'sms' then 'C' || customer end as customer_id
from message_events
where dice(message_id, 'reached') < share
order by occurred_at, message_event_id;

create macro survey_answers_of(day) as table
with answers as (

    select *, unnest(['nps', 'csat']) as question_kind
    from visits_of(day)
    where outcome = 'purchase' and dice(visit, 'answers') < 0.2

)

select
    'after-order' as survey_id,
    's' || visit as submission_id,
    question_kind || '-1' as question_id,
    question_kind,
    case question_kind
        when 'nps' then 'Would you recommend us?'
        else 'How satisfied were you with your order?'
    end as question_text,
    case question_kind
        when 'nps' then pick(visit, 'nps', [10, 10, 9, 9, 9, 8, 8, 7, 6, 4, 2])
        else pick(visit, 'csat', [5, 5, 4, 4, 3, 2])
    end as score,
    ended_at + interval 1 hour as answered_at,
    'order' as touchpoint,
    case when customer is null then address end as email,
    customer_id
from answers
order by answered_at, submission_id, question_id;
