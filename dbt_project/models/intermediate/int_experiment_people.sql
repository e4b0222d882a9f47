-- The first exposure counts; whoever was shown several variations is told by is_crossed.
{{ config(materialized='incremental') }}
{% set touched %}
    {{ touched_records(ref('stg_generic__experiment_exposures'), 'experiment_id') }}
    union all
    select experiment_id
    from {{ ref('stg_generic__experiment_exposures') }}
    where visitor_id in ({{ changed_rows(ref('int_visitors'), 'visitor_id') }})
    union all
    select experiment_id
    from {{ this }}
    where person_id in ({{ changed_rows(ref('int_orders'), 'person_id') }})
{% endset %}
{{ rebuild_only(touched) }}

with exposures as (

    select
        exposures.experiment_id,
        exposures.variation,
        exposures.is_control,
        exposures.planned_share,
        exposures.exposed_at,
        coalesce(
            {{ person_id('exposures.email', 'exposures.customer_id') }},
            visitors.person_id,
            'visitor-' || exposures.visitor_id
        ) as person_id
    from {{ ref('stg_generic__experiment_exposures') }} as exposures
    {{ person_joins('exposures.email', 'exposures.customer_id') }}
    left join {{ ref('int_visitors') }} as visitors
        on exposures.visitor_id = visitors.visitor_id
    where not exposures.is_removed and {{ is_touched('exposures.experiment_id', 'experiment_id') }}

),

people as (

    select
        experiment_id,
        person_id,
        min(variation) as variation,
        min(variation) <> max(variation) as is_crossed,
        bool_or(is_control) as is_control,
        max(planned_share) as planned_share,
        min(exposed_at) as exposed_at
    from exposures
    where person_id is not null
    group by experiment_id, person_id

),

converted as (

    select
        people.experiment_id,
        people.person_id
    from people
    inner join {{ ref('attribution_windows') }} as windows
        on windows.purpose = 'experiment'
    inner join {{ ref('int_orders') }} as orders
        on people.person_id = orders.person_id
        and orders.purchase_number is not null
        and {{ is_within_window('people.exposed_at', 'orders.ordered_at', 'windows.window_days') }}
    group by people.experiment_id, people.person_id

)

select
    people.experiment_id,
    people.person_id,
    people.variation,
    people.is_crossed,
    people.is_control,
    people.planned_share,
    people.exposed_at,
    converted.person_id is not null as is_converted
from people
left join converted
    on people.experiment_id = converted.experiment_id
    and people.person_id = converted.person_id
