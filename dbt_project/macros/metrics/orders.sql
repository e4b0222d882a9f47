{#
    What an order number stands for: an `order` (a positive amount that stands), a `cancelled` order
    (a positive amount that does not), a `credit note` (cancelled, nothing or less), or an
    `adjustment` (nothing or less, not cancelled, such as a write-off).
#}
{% macro order_kind(is_cancelled, order_amount) -%}
    case
        when {{ is_cancelled }} and {{ order_amount }} > 0 then 'cancelled'
        when {{ is_cancelled }} then 'credit note'
        when {{ order_amount }} > 0 then 'order'
        else 'adjustment'
    end
{%- endmacro %}

{# What a line was paid back: as delivered; without an amount a refunded order is paid back whole. #}
{% macro refund_of_line(refunded_amount, status, quantity, unit_price, discount_amount) -%}
    coalesce(
        {{ refunded_amount }},
        case
            when {{ is_order_status(status, 'refunded') }}
                then
                    cast(cast({{ quantity }} as decimal(20, 4)) * {{ unit_price }} as decimal(18, 4))
                    - coalesce({{ discount_amount }}, 0)
            else 0
        end
    )
{%- endmacro %}

{#
    The part of a refund that was merchandise: a refund also pays back shipping, which is no
    revenue here, so of an order no more than it came to after discount.
#}
{% macro refunded_merchandise(order_kind, order_amount, discount_amount, refunded_amount) -%}
    case
        when {{ order_kind }} = 'order'
            then greatest(
                least({{ refunded_amount }}, {{ order_amount }} - {{ discount_amount }}), 0
            )
        else 0
    end
{%- endmacro %}

{# What remains: after discount and refund of an order, nothing of a cancelled one, a credit note less. #}
{% macro net_order_amount(order_kind, order_amount, discount_amount, refunded_amount) -%}
    case {{ order_kind }}
        when 'order'
            then
                {{ order_amount }} - {{ discount_amount }}
                - {{ refunded_merchandise(
                    order_kind, order_amount, discount_amount, refunded_amount
                ) }}
        when 'cancelled' then 0
        else {{ order_amount }}
    end
{%- endmacro %}

{# Amount in the base currency by a rate in units per base; null without a rate. #}
{% macro in_base_currency(amount, units_per_base) -%}
    cast(cast({{ amount }} as double) / cast({{ units_per_base }} as double) as decimal(18, 4))
{%- endmacro %}

{# Percent of growth from one value to another: x5.0075 is 400.75 %. #}
{% macro growth_pct(value, previous) -%}
    ({{ rate_pct(value, previous) }} - 100.0)
{%- endmacro %}

{# Share that was not completed: 1 - completed / started, in percent; null where none was started. #}
{% macro abandonment_pct(completed, started) -%}
    (100.0 - {{ rate_pct(completed, started) }})
{%- endmacro %}

{# Amount per order (the average order value) or per customer; null without any. #}
{% macro amount_per(amount, n) -%}
    (cast({{ amount }} as double) / nullif({{ n }}, 0))
{%- endmacro %}

{# An amount in the smallest unit of a currency: cents, or whole yen where there are no cents (Stripe). #}
{% macro in_major_unit(amount, currency) -%}
    cast(
        case
            when lower({{ currency }}) in (
                'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd',
                'vuv', 'xaf', 'xof', 'xpf'
            )
                then cast({{ amount }} as decimal(18, 4))
            when lower({{ currency }}) in ('bhd', 'jod', 'kwd', 'omr', 'tnd')
                then cast({{ amount }} as decimal(18, 4)) / 1000
            else cast({{ amount }} as decimal(18, 4)) / 100
        end as decimal(18, 4)
    )
{%- endmacro %}
