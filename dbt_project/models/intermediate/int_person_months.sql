-- Everybody with a contact in the month stands at the furthest stage reached by its end.
{{ config(materialized='incremental') }}
{% set touched %}
    {{ changed_rows(ref('int_contact_months'), 'person_id, month') }}
    union all
    select person_id, month
    from {{ ref('int_contact_months') }}
    where person_id in ({{ changed_rows(ref('int_person_stages'), 'person_id') }})
    union all
    select person_id, month
    from {{ ref('int_contact_months') }}
    where person_id in ({{ changed_rows(ref('int_recommendations'), 'person_id') }})
{% endset %}
{{ rebuild_only(touched) }}

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
    where {{ is_touched('contacts.person_id, contacts.month', 'person_id, month') }}

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
    inner join {{ ref('int_recommendations') }} as answers
        on person_months.person_id = answers.person_id
        and answers.answer_date < person_months.next_month

)

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
