-- net = gross - discounts - refunded merchandise - credit notes + adjustments
select
    month,
    currency,
    gross_amount,
    discount_amount,
    refunded_merchandise_amount,
    credited_amount,
    adjustment_amount,
    net_amount
from {{ ref('commerce_monthly') }}
where
    gross_amount - discount_amount - refunded_merchandise_amount - credited_amount
    + adjustment_amount <> net_amount
