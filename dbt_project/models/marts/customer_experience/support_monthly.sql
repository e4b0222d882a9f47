{% set breakdowns = [("'all'", "'all'"), ("'channel'", 'channel'), ("'topic'", 'topic')] %}

with tickets as (

    {% for breakdown, value in breakdowns %}
    select
        cast(date_trunc('month', created_date) as date) as month,
        {{ breakdown }} as breakdown,
        {{ value }} as breakdown_value,
        first_response_hours,
        resolution_hours,
        resolved_at,
        is_satisfied,
        is_satisfaction_offered
    from {{ ref('int_tickets') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counts as (

    select
        month,
        breakdown,
        breakdown_value,
        count(*) as ticket_count,
        count(first_response_hours) as responded_count,
        median(first_response_hours) as median_first_response_hours,
        percentile_cont(0.9) within group (order by first_response_hours)
            as p90_first_response_hours,
        count(resolved_at) as resolved_count,
        median(resolution_hours) as median_resolution_hours,
        percentile_cont(0.9) within group (order by resolution_hours) as p90_resolution_hours,
        cast(sum(case when is_satisfaction_offered then 1 else 0 end) as bigint)
            as unanswered_rating_count,
        count(is_satisfied) as n,
        cast(sum(case when is_satisfied then 1 else 0 end) as bigint) as satisfied_count
    from tickets
    group by month, breakdown, breakdown_value

)

select
    month,
    breakdown,
    breakdown_value,
    ticket_count,
    responded_count,
    median_first_response_hours,
    p90_first_response_hours,
    resolved_count,
    {{ rate_pct('resolved_count', 'ticket_count') }} as resolved_pct,
    median_resolution_hours,
    p90_resolution_hours,
    unanswered_rating_count,
    n,
    satisfied_count,
    {{ rate_pct('satisfied_count', 'n') }} as satisfied_pct,
    case when n > 0 then {{ wilson_interval('satisfied_count', 'n', 'low') }} end as ci_low,
    case when n > 0 then {{ wilson_interval('satisfied_count', 'n', 'high') }} end as ci_high
from counts
