with sizes as (

    select
        experiment_id,
        variation,
        bool_or(is_control) as is_control,
        max(planned_share) as planned_share,
        count(*) as user_count,
        cast(sum(case when is_converted then 1 else 0 end) as bigint) as conversion_count,
        min(exposed_at) as first_exposed_at,
        max(exposed_at) as last_exposed_at
    from {{ ref('int_experiment_people') }}
    where not is_crossed
    group by experiment_id, variation

),

crossed as (

    select experiment_id, count(*) as crossed_user_count
    from {{ ref('int_experiment_people') }}
    where is_crossed
    group by experiment_id

),

experiments as (

    select
        experiment_id,
        count(*) as variation_count,
        cast(sum(user_count) as bigint) as user_count,
        case when count(*) = count(planned_share) then sum(planned_share) end as planned_shares,
        min(case when is_control then variation end) as control
    from sizes
    group by experiment_id

),

planned as (

    select
        sizes.experiment_id,
        sizes.variation,
        cast(
            cast(experiments.user_count as double) * coalesce(
                cast(sizes.planned_share as double)
                / nullif(cast(experiments.planned_shares as double), 0),
                1.0 / experiments.variation_count
            ) as decimal(18, 6)
        ) as expected_users
    from sizes
    inner join experiments
        on sizes.experiment_id = experiments.experiment_id

),

splits as (

    select
        sizes.experiment_id,
        cast(
            sum(
                cast(
                    {{ sample_ratio_part(
                        'cast(sizes.user_count as double)', 'cast(planned.expected_users as double)'
                    ) }} as decimal(18, 6)
                )
            ) as double
        ) as chi_square,
        count(*) - 1 as degrees_of_freedom
    from sizes
    inner join planned
        on sizes.experiment_id = planned.experiment_id
        and sizes.variation = planned.variation
    group by sizes.experiment_id

),

compared as (

    select
        sizes.experiment_id,
        sizes.variation,
        coalesce(sizes.variation = experiments.control, false) as is_control,
        sizes.user_count,
        sizes.conversion_count,
        case when sizes.variation <> experiments.control then controls.user_count end
            as control_users,
        case when sizes.variation <> experiments.control then controls.conversion_count end
            as control_conversions,
        cast(planned.expected_users as double) as expected_users,
        splits.chi_square,
        splits.degrees_of_freedom,
        coalesce(crossed.crossed_user_count, 0) as crossed_user_count,
        sizes.first_exposed_at,
        sizes.last_exposed_at
    from sizes
    inner join experiments
        on sizes.experiment_id = experiments.experiment_id
    inner join planned
        on sizes.experiment_id = planned.experiment_id
        and sizes.variation = planned.variation
    inner join splits
        on sizes.experiment_id = splits.experiment_id
    left join sizes as controls
        on experiments.experiment_id = controls.experiment_id
        and experiments.control = controls.variation
    left join crossed
        on sizes.experiment_id = crossed.experiment_id

)

{% set arms = ['compared.conversion_count', 'compared.user_count', 'compared.control_conversions', 'compared.control_users'] %}
select
    compared.experiment_id,
    compared.variation,
    compared.is_control,
    compared.user_count,
    compared.conversion_count,
    {{ rate_pct('compared.conversion_count', 'compared.user_count') }} as conversion_pct,
    {{ wilson_interval('compared.conversion_count', 'compared.user_count', 'low') }} as ci_low_pct,
    {{ wilson_interval('compared.conversion_count', 'compared.user_count', 'high') }} as ci_high_pct,
    {{ absolute_lift(*arms) }} as difference_points,
    {{ difference_interval(*arms, side='low') }} as difference_low_points,
    {{ difference_interval(*arms, side='high') }} as difference_high_points,
    {{ relative_lift(*arms) }} as relative_difference_pct,
    {{ two_proportion_z(*arms) }} as z_value,
    {{ two_sided_p(two_proportion_z(*arms)) }} as p_value,
    compared.expected_users,
    compared.chi_square as sample_ratio_chi_square,
    coalesce(compared.chi_square > limits.critical_chi_square, false) as is_sample_ratio_mismatch,
    compared.crossed_user_count,
    compared.first_exposed_at,
    compared.last_exposed_at
from compared
left join {{ ref('sample_ratio_limits') }} as limits
    on compared.degrees_of_freedom = limits.degrees_of_freedom
