-- The core tables in one script, by the rules of the dbt models, for a lake whose only source is
-- `generic`. Reads web_events, messages, orders, survey_answers and the seeds; leaves
-- activities, sessions, web_engagement_daily, customer_engagement_weekly and funnel_monthly.

-- Of several deliveries of a record the newest. Few events come twice: only those are sorted.
create temp table events as
with repeated as (

    select event_id
    from web_events
    group by event_id
    having count(*) > 1

),

newest as (

    from web_events anti join repeated using (event_id)
    union all
    from web_events semi join repeated using (event_id)
    qualify row_number() over (
        partition by event_id
        order by _batch_last_event_at desc, _batch_id desc, _row_number desc
    ) = 1

)

select
    newest.event_id,
    newest.occurred_at,
    'generic-' || newest.visitor_id as visitor_id,
    newest.customer_id,
    newest.email,
    newest.order_id,
    newest.page_url,
    newest.traffic_source,
    newest.traffic_medium,
    newest.campaign,
    newest.device_category,
    newest.engagement_seconds,
    coalesce(types.is_page_view, false) as is_page_view,
    coalesce(types.is_key_event, false) as is_key_event,
    coalesce(types.is_lead, false) as is_lead,
    coalesce(types.activity_type, 'visit') as activity_type
from newest
left join web_event_types as types on lower(newest.event_name) = types.event_name;

create temp table message_events as
from messages
qualify row_number() over (
    partition by message_event_id
    order by _batch_last_event_at desc, _batch_id desc, _row_number desc
) = 1;

create temp table order_lines as
from orders
qualify row_number() over (
    partition by order_id, line_number
    order by _batch_last_event_at desc, _batch_id desc, _row_number desc
) = 1;

create temp table answers as
from survey_answers
qualify row_number() over (
    partition by survey_id, submission_id, question_id
    order by answered_at desc, _batch_last_event_at desc, _batch_id desc, _row_number desc
) = 1;

-- Who is who: an e-mail, else a customer id, else a visitor.
create temp table customers as
with seen_together as (

    select customer_id, email from events
    union all
    select customer_id, email from message_events
    union all
    select customer_id, email from order_lines
    union all
    select customer_id, email from answers

)

select customer_id, email, min(email) over (partition by customer_id) as first_email
from seen_together
where customer_id is not null and email is not null
group by customer_id, email;

create temp table customer_people as
select customer_id, 'email-' || min(email) as person_id from customers group by customer_id;

create temp table email_people as
select email, 'email-' || min(first_email) as person_id from customers group by email;

create temp table purchases as
with people_orders as (

    select
        lines.order_id,
        min(lines.ordered_at) as ordered_at,
        min(coalesce(
            customer_people.person_id,
            email_people.person_id,
            'email-' || lines.email,
            'customer-' || lines.customer_id
        )) as person_id,
        sum((lines.quantity * lines.unit_price)::decimal(18, 4)) as order_amount,
        bool_or(coalesce(
            lower(lines.order_status) in ('cancelled', 'canceled', 'voided'),
            lines.order_id like 'C%' and try_cast(lines.order_id[2:] as bigint) is not null
        )) as is_cancelled
    from order_lines as lines
    left join customer_people using (customer_id)
    left join email_people using (email)
    group by lines.order_id

)

select
    order_id,
    ordered_at,
    person_id,
    case
        when ordered_at is not null and order_amount > 0 and not is_cancelled
            and person_id is not null
            then row_number() over (
                partition by
                    person_id,
                    ordered_at is not null and order_amount > 0 and not is_cancelled
                order by ordered_at, order_id
            )
    end as purchase_number
from people_orders;

create temp table buyers as
select
    person_id,
    min(ordered_at) as first_order_at,
    min(ordered_at) filter (purchase_number = 2) as second_order_at
from purchases
where purchase_number is not null
group by person_id;

create temp table visitors as
with named as (

    select
        events.visitor_id,
        events.occurred_at,
        events.customer_id,
        events.email,
        coalesce(
            customer_people.person_id,
            email_people.person_id,
            'email-' || events.email,
            'customer-' || events.customer_id,
            purchases.person_id
        ) as person_id
    from events
    left join customer_people using (customer_id)
    left join email_people using (email)
    left join purchases using (order_id)
    where
        events.visitor_id is not null
        and coalesce(events.customer_id, events.email, events.order_id) is not null

),

first_named as (

    from named
    where person_id is not null
    qualify row_number() over (
        partition by visitor_id
        order by
            occurred_at,
            case when customer_id is not null then 1 when email is not null then 2 else 3 end,
            person_id
    ) = 1

)

select
    visitor_id,
    coalesce(first_named.person_id, 'visitor-' || visitor_id) as person_id
from (select visitor_id from events where visitor_id is not null group by visitor_id)
left join first_named using (visitor_id);

-- Activities -------------------------------------------------------------------------------------

create temp table message_people as
select
    events.message_event_id,
    events.occurred_at,
    lower(events.channel) as channel,
    lower(events.event_type) as event_type,
    coalesce(events.is_machine_open, false) as is_machine_open,
    coalesce(
        customer_people.person_id,
        email_people.person_id,
        'email-' || events.email,
        'customer-' || events.customer_id,
        'phone-' || events.phone
    ) as person_id
from message_events as events
left join customer_people using (customer_id)
left join email_people using (email);

create temp table answer_people as
select
    answers.survey_id,
    answers.submission_id,
    answers.question_id,
    answers.answered_at,
    lower(answers.question_kind) as question_kind,
    answers.score::double as score,
    coalesce(
        customer_people.person_id,
        email_people.person_id,
        'email-' || answers.email,
        'customer-' || answers.customer_id
    ) as person_id
from answers
left join customer_people using (customer_id)
left join email_people using (email);

create table activities as
with together as (

    select
        'generic-web-' || events.event_id as activity_id,
        events.occurred_at,
        visitors.person_id,
        'web' as channel,
        events.activity_type
    from events
    inner join visitors using (visitor_id)
    union all
    select
        'generic-message-' || message_event_id,
        occurred_at,
        person_id,
        channel,
        'message_' || event_type
    from message_people
    where
        event_type in ('delivered', 'open', 'click')
        and not is_machine_open
        and person_id is not null
    union all
    select 'generic-order-' || order_id, ordered_at, person_id, 'shop', 'order'
    from purchases
    where purchase_number is not null
    union all
    select
        'generic-survey-' || survey_id || '-' || submission_id,
        min(answered_at),
        min(person_id),
        'survey',
        'survey_response'
    from answer_people
    where person_id is not null
    group by survey_id, submission_id

)

select
    activity_id,
    occurred_at,
    occurred_at::date as activity_date,
    person_id,
    channel,
    activity_type,
    'generic' as source
from together;

-- Sessions: a gap of more than half an hour begins another ---------------------------------------

create table sessions as
with ordered as (

    select
        *,
        row_number() over visit as position,
        coalesce(
            occurred_at - lag(occurred_at) over visit > interval 30 minutes, true
        ) as is_start
    from events
    where visitor_id is not null
    window visit as (partition by visitor_id order by occurred_at, event_id)

),

numbered as (

    select
        *,
        sum(is_start::int) over (
            partition by visitor_id
            order by position
            rows between unbounded preceding and current row
        )::bigint as session_number
    from ordered

),

grouped as (

    select
        visitor_id,
        session_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        count(*) filter (is_page_view) as page_view_count,
        count(*) filter (is_key_event) as key_event_count,
        bool_or(is_lead) as has_lead_event,
        sum(engagement_seconds) as foreground_seconds,
        arg_min_null(page_url, position) as landing_page_url,
        arg_min_null(device_category, position) as device_category,
        arg_min(
            {'source': traffic_source, 'medium': traffic_medium, 'campaign': campaign}, position
        ) filter (coalesce(traffic_source, traffic_medium, campaign) is not null) as origin
    from numbered
    group by visitor_id, session_number

),

measured as (

    select
        *,
        (epoch_us(ended_at) - epoch_us(started_at)) / 1000000.0 as duration_seconds,
        duration_seconds > 10 or page_view_count >= 2 or key_event_count >= 1 as is_engaged
    from grouped

)

select
    md5(measured.visitor_id || '-' || measured.started_at::timestamp::varchar) as session_id,
    measured.visitor_id,
    visitors.person_id,
    coalesce(buyers.first_order_at <= measured.started_at, false) as is_customer,
    measured.session_number,
    'generic' as source,
    measured.started_at,
    measured.ended_at,
    measured.started_at::date as session_date,
    measured.duration_seconds,
    measured.foreground_seconds,
    measured.event_count,
    measured.page_view_count,
    measured.key_event_count,
    measured.has_lead_event,
    measured.is_engaged,
    not measured.is_engaged as is_bounce_not_engaged,
    measured.page_view_count = 1 as is_bounce_single_page,
    case
        when lower(origin.medium) in ('email', 'e-mail', 'newsletter') or lower(origin.source) = 'email'
            then 'email'
        when lower(origin.medium) in ('cpc', 'ppc', 'paid', 'display', 'paid_social', 'paid_search')
            or lower(origin.source) in ('paid_search', 'ads', 'paid')
            then 'paid'
        when lower(origin.medium) in ('social', 'social-network')
            or lower(origin.source) in (
                'social', 'instagram', 'facebook', 'linkedin', 'x', 'twitter', 'tiktok', 'youtube'
            )
            then 'social'
        when lower(origin.medium) = 'sms' then 'sms'
        when lower(origin.medium) = 'organic'
            or lower(origin.source) in ('organic', 'seo', 'organic_search')
            then 'organic search'
        when 'referral' in (lower(origin.medium), lower(origin.source)) then 'referral'
        when coalesce(origin.source, origin.medium) is null
            or lower(origin.source) in ('(direct)', 'direct')
            then 'direct'
        else 'other'
    end as channel,
    origin.source as traffic_source,
    origin.medium as traffic_medium,
    origin.campaign,
    measured.device_category,
    measured.landing_page_url
from measured
inner join visitors using (visitor_id)
left join buyers using (person_id);

create table web_engagement_daily as
select
    session_date as date,
    count(*) as session_count,
    count(distinct visitor_id) as visitor_count,
    count(*) filter (is_engaged) as engaged_session_count,
    count(*) filter (is_bounce_not_engaged) as not_engaged_bounce_count,
    count(*) filter (is_bounce_single_page) as single_page_bounce_count,
    sum(page_view_count)::bigint as page_view_count,
    count(*) filter (is_customer) as customer_session_count,
    median(duration_seconds) as median_duration_seconds,
    100.0 * engaged_session_count::double / session_count as engaged_session_pct,
    100.0 * not_engaged_bounce_count::double / session_count as bounce_not_engaged_pct,
    100.0 * single_page_bounce_count::double / session_count as bounce_single_page_pct
from sessions
group by session_date;

-- Points are halved every four weeks and count for half a year; a row for each week with some left.
create temp table decay as
with parameters as (

    select
        max(value) filter (parameter = 'score_half_life_weeks') as half_life,
        max(value) filter (parameter = 'score_memory_weeks') as memory
    from engagement_parameters

),

ages as (

    select
        range as age,
        memory,
        if(range < memory, power(0.5, range / half_life), 0)::decimal(20, 12) as share
    from range(600), parameters
    where range < memory + 12

)

select
    age,
    share,
    memory,
    coalesce(
        sum(share) over (order by age rows between 4 preceding and 1 preceding), 0
    )::decimal(20, 12) as share_of_4_weeks,
    coalesce(
        sum(share) over (order by age rows between 12 preceding and 1 preceding), 0
    )::decimal(20, 12) as share_of_12_weeks
from ages;

create table customer_engagement_weekly as
with points as (

    select
        activities.person_id,
        date_trunc('week', activities.activity_date)::date as week,
        date_trunc('week', buyers.first_order_at)::date as first_order_week,
        count(*) as activity_count,
        sum(weights.weight)::decimal(18, 4) as points,
        coalesce(sum(weights.weight) filter (weights.component = 'web'), 0)::decimal(18, 4)
            as web_points,
        coalesce(sum(weights.weight) filter (weights.component = 'messages'), 0)::decimal(18, 4)
            as messages_points,
        coalesce(sum(weights.weight) filter (weights.component = 'commerce'), 0)::decimal(18, 4)
            as commerce_points,
        coalesce(sum(weights.weight) filter (weights.component = 'feedback'), 0)::decimal(18, 4)
            as feedback_points,
        coalesce(sum(weights.weight) filter (weights.component = 'loyalty'), 0)::decimal(18, 4)
            as loyalty_points,
        coalesce(sum(weights.weight) filter (weights.component = 'community'), 0)::decimal(18, 4)
            as community_points
    from activities
    inner join buyers
        on activities.person_id = buyers.person_id
        and activities.occurred_at >= buyers.first_order_at
    inner join activity_weights as weights using (activity_type)
    group by activities.person_id, week, first_order_week

),

scores as (

    select
        points.person_id,
        (points.week + to_weeks(decay.age::integer))::date as scored_week,
        min(points.first_order_week) as first_order_week,
        min(decay.age) as weeks_since_activity,
        coalesce(sum(points.activity_count) filter (decay.age = 0), 0)::bigint as activity_count,
        coalesce(sum(points.points) filter (decay.age = 0), 0)::double as points,
        sum((web_points * decay.share)::decimal(18, 6))::double as web_score,
        sum((messages_points * decay.share)::decimal(18, 6))::double as messages_score,
        sum((commerce_points * decay.share)::decimal(18, 6))::double as commerce_score,
        sum((feedback_points * decay.share)::decimal(18, 6))::double as feedback_score,
        sum((loyalty_points * decay.share)::decimal(18, 6))::double as loyalty_score,
        sum((community_points * decay.share)::decimal(18, 6))::double as community_score,
        sum(
            (web_points * decay.share)::decimal(18, 6)
            + (messages_points * decay.share)::decimal(18, 6)
            + (commerce_points * decay.share)::decimal(18, 6)
            + (feedback_points * decay.share)::decimal(18, 6)
            + (loyalty_points * decay.share)::decimal(18, 6)
            + (community_points * decay.share)::decimal(18, 6)
        ) as total,
        sum((points.points * decay.share_of_4_weeks)::decimal(18, 6)) as total_of_4_weeks,
        sum((points.points * decay.share_of_12_weeks)::decimal(18, 6)) as total_of_12_weeks
    from points
    cross join decay
    where points.week + to_weeks(decay.age::integer)
        <= (select date_trunc('week', max(activity_date)) from activities)
    group by points.person_id, scored_week
    having min(decay.age) < any_value(decay.memory)

),

trends as (

    select
        * exclude (scored_week, total),
        scored_week as week,
        total::double as score,
        (scored_week - first_order_week) / 7 as weeks_as_customer,
        if(weeks_as_customer >= 4, (4 * total - total_of_4_weeks)::double / 4, null)
            as trend_4_weeks,
        if(weeks_as_customer >= 12, (12 * total - total_of_12_weeks)::double / 12, null)
            as trend_12_weeks
    from scores

)

select trends.*, levels.level as engagement_level
from trends
left join engagement_levels as levels
    on levels.metric = 'customer_engagement_score'
    and trends.score >= levels.lower_bound
    and trends.score < coalesce(levels.upper_bound, 'infinity'::double);

create table funnel_monthly as
with contact_months as (

    select person_id, date_trunc('month', activity_date)::date as month
    from activities
    group by person_id, month

),

visits as (

    select
        person_id,
        min(session_date) as visit_date,
        min(session_date) filter (is_engaged) as engaged_date,
        min(session_date) filter (has_lead_event) as lead_date
    from sessions
    group by person_id

),

recommendations as (

    select contact_months.person_id, contact_months.month, answers.score
    from contact_months
    inner join answer_people as answers
        on contact_months.person_id = answers.person_id
        and answers.answered_at < contact_months.month + interval 1 month
        and answers.question_kind = 'nps'
        and answers.score is not null
    qualify row_number() over (
        partition by contact_months.person_id, contact_months.month
        order by answers.answered_at desc, answers.survey_id, answers.submission_id,
            answers.question_id
    ) = 1

),

furthest as (

    select
        contact_months.month,
        contact_months.month + interval 1 month as next_month,
        case
            when buyers.second_order_at < next_month and recommendations.score >= 9 then 7
            when buyers.second_order_at < next_month then 6
            when buyers.first_order_at < next_month then 5
            when visits.lead_date < next_month then 4
            when visits.engaged_date < next_month then 3
            when visits.visit_date < next_month then 2
            else 1
        end as stage_rank
    from contact_months
    left join visits using (person_id)
    left join buyers using (person_id)
    left join recommendations using (person_id, month)

),

reached as (

    select
        months.month,
        stages.stage_rank,
        stages.stage,
        count(furthest.stage_rank) as people
    from (select month from furthest group by month) as months
    cross join funnel_stages as stages
    left join furthest
        on months.month = furthest.month
        and furthest.stage_rank >= stages.stage_rank
    group by months.month, stages.stage_rank, stages.stage

)

select
    month,
    stage_rank,
    stage,
    people,
    100.0 * people::double
    / nullif(lag(people) over (partition by month order by stage_rank), 0)
        as share_of_previous_pct,
    100.0 * people::double / nullif(max(people) over (partition by month), 0)
        as share_of_first_pct
from reached;
