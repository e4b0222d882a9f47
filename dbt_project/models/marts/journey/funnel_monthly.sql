-- Everybody with a contact in the month stands at the furthest stage reached by its end.
with person_months as (

    select
        contacts.person_id,
        contacts.month,
        {{ dbt.dateadd('month', 1, 'contacts.month') }} as next_month,
        {{ business_date('stages.first_visit_at') }} as visit_date,
        {{ business_date('stages.first_engaged_at') }} as engaged_date,
        {{ business_date('stages.first_lead_at') }} as lead_date,
        {{ business_date('stages.first_order_at') }} as order_date,
        {{ business_date('stages.second_order_at') }} as second_order_date
    from {{ ref('int_contact_months') }} as contacts
    left join {{ ref('int_person_stages') }} as stages
        on contacts.person_id = stages.person_id

),

newest_recommendations as (

    select
        person_months.person_id,
        person_months.month,
        answers.score,
        row_number() over (
            partition by person_months.person_id, person_months.month
            order by answers.answered_at desc, answers.source, answers.survey_id,
                answers.submission_id, answers.question_id
        ) as age
    from person_months
    inner join {{ ref('survey_answers') }} as answers
        on person_months.person_id = answers.person_id
        and answers.answer_date < person_months.next_month
        and answers.question_kind = 'nps'
        and answers.score is not null

),

furthest_stages as (

    select
        person_months.person_id,
        person_months.month,
        case
            when
                person_months.second_order_date < person_months.next_month
                and {{ is_promoter('newest_recommendations.score') }} then 7
            when person_months.second_order_date < person_months.next_month then 6
            when person_months.order_date < person_months.next_month then 5
            when person_months.lead_date < person_months.next_month then 4
            when person_months.engaged_date < person_months.next_month then 3
            when person_months.visit_date < person_months.next_month then 2
            else 1
        end as stage_rank
    from person_months
    left join newest_recommendations
        on person_months.person_id = newest_recommendations.person_id
        and person_months.month = newest_recommendations.month
        and newest_recommendations.age = 1

),

months as (

    select month
    from furthest_stages
    group by month

),

reached as (

    select
        months.month,
        stages.stage_rank,
        stages.stage,
        count(furthest_stages.person_id) as people
    from months
    cross join {{ ref('funnel_stages') }} as stages
    left join furthest_stages
        on months.month = furthest_stages.month
        and furthest_stages.stage_rank >= stages.stage_rank
    group by months.month, stages.stage_rank, stages.stage

),

compared as (

    select
        month,
        stage_rank,
        stage,
        people,
        lag(people) over (partition by month order by stage_rank) as previous_people,
        max(people) over (partition by month) as first_people
    from reached

)

select
    month,
    cast(stage_rank as bigint) as stage_rank,
    stage,
    people,
    {{ rate_pct('people', 'previous_people') }} as share_of_previous_pct,
    {{ rate_pct('people', 'first_people') }} as share_of_first_pct
from compared
