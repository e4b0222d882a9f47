{#
    A row for every week in which something that a customer did still counts. So an activity
    touches the weeks after it, as far as the memory of the score and the trend reach, and a new
    week of data touches everybody who was active within it.
#}
{{ config(materialized='incremental') }}
{% set components = ['web', 'messages', 'commerce', 'feedback', 'loyalty', 'community'] %}
{% set scored_week = later('week', 'ages.age_weeks', 'weeks.week') %}
{% set touched %}
    select weeks.person_id, {{ scored_week }} as week
    from ({{ changed_rows(ref('int_customer_weeks'), 'person_id, week') }}) as weeks
    cross join {{ ref('int_score_decay') }} as ages
    union all
    select weeks.person_id, {{ scored_week }} as week
    from {{ ref('int_customer_weeks') }} as weeks
    cross join {{ ref('int_score_decay') }} as ages
    inner join (
        select min(newest_week) as old_end, max(newest_week) as new_end
        from ({{ changed_rows(ref('int_data_end'), 'newest_week') }}) as changed
    ) as ends
        on {{ scored_week }} > ends.old_end
        and {{ scored_week }} <= ends.new_end
    union all
    select standing.person_id, standing.week
    from {{ this }} as standing
    inner join (
        select min(newest_week) as old_end
        from ({{ changed_rows(ref('int_data_end'), 'newest_week') }}) as changed
    ) as ends
        on standing.week > ends.old_end
{% endset %}
{{ rebuild_only(touched) }}

with aged as (

    select
        weeks.person_id,
        {{ scored_week }} as week,
        weeks.first_order_week,
        ages.age_weeks,
        case when ages.age_weeks = 0 then weeks.activity_count else 0 end as activity_count,
        case when ages.age_weeks = 0 then weeks.points else 0 end as points,
        {% for component in components -%}
        {{ decayed('weeks.' ~ component ~ '_points', 'ages.share') }} as {{ component }}_score,
        {% endfor -%}
        {{ decayed('weeks.points', 'ages.share_of_4_weeks') }} as score_of_4_weeks,
        {{ decayed('weeks.points', 'ages.share_of_12_weeks') }} as score_of_12_weeks
    from {{ ref('int_customer_weeks') }} as weeks
    cross join {{ ref('int_score_decay') }} as ages
    cross join {{ ref('int_data_end') }} as ends
    where
        {{ scored_week }} <= ends.newest_week
        and {{ is_touched('weeks.person_id', 'person_id') }}
        and {{ is_touched('weeks.person_id, ' ~ scored_week, 'person_id, week') }}

),

scores as (

    select
        person_id,
        week,
        min(first_order_week) as first_order_week,
        min(age_weeks) as weeks_since_activity,
        sum(activity_count) as activity_count,
        sum(points) as points,
        {% for component in components -%}
        sum({{ component }}_score) as {{ component }}_score,
        {% endfor -%}
        {% for component in components -%}
        {{ '+ ' if not loop.first }}sum({{ component }}_score)
        {% endfor -%}
        as score,
        sum(score_of_4_weeks) as score_of_4_weeks,
        sum(score_of_12_weeks) as score_of_12_weeks
    from aged
    group by person_id, week
    having min(age_weeks) < {{ parameter('score_memory_weeks') }}

),

dated as (

    select
        person_id,
        week,
        {{ dbt.datediff('first_order_week', 'week', 'week') }} as weeks_as_customer,
        weeks_since_activity,
        activity_count,
        points,
        {% for component in components -%}
        {{ component }}_score,
        {% endfor -%}
        score,
        score_of_4_weeks,
        score_of_12_weeks
    from scores

)

select
    dated.person_id,
    dated.week,
    cast(dated.activity_count as bigint) as activity_count,
    cast(dated.weeks_since_activity as bigint) as weeks_since_activity,
    cast(dated.points as double) as points,
    cast(dated.score as double) as score,
    {% for component in components -%}
    cast(dated.{{ component }}_score as double) as {{ component }}_score,
    {% endfor -%}
    {{ score_trend('dated.score', 'dated.score_of_4_weeks', 4, 'dated.weeks_as_customer') }}
        as trend_4_weeks,
    {{ score_trend('dated.score', 'dated.score_of_12_weeks', 12, 'dated.weeks_as_customer') }}
        as trend_12_weeks,
    levels.level as engagement_level
from dated
left join {{ ref('engagement_levels') }} as levels
    on levels.metric = 'customer_engagement_score'
    and {{ within_level('dated.score', 'levels') }}
