-- Orders of a status that `order_status_words` does not list count as placed.
{{ config(severity='warn') }}

select
    source,
    order_status,
    count(*) as line_count
from {{ ref('int_all_order_lines') }}
where
    order_status is not null
    and not is_removed
    {% for meaning in order_status_words() %}
    and not {{ is_order_status('order_status', meaning) }}
    {% endfor %}
group by source, order_status
