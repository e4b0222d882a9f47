{#
    What the words of a free status stand for; the words of tools that have their own are read in
    their staging models. A word that is not here counts as placed, and a warning names it.
#}
{% macro order_status_words() -%}
    {{ return({
        'placed': [
            'placed', 'open', 'new', 'pending', 'confirmed', 'processing', 'on hold', 'paid',
            'partially paid', 'unpaid', 'fulfilled', 'partially fulfilled', 'unfulfilled', 'shipped',
            'sent', 'delivered', 'completed', 'complete', 'closed', 'archived',
            'offen', 'neu', 'bestellt', 'bestätigt', 'in bearbeitung', 'bezahlt', 'unbezahlt',
            'versendet', 'versandt', 'geliefert', 'zugestellt', 'abgeschlossen', 'erledigt',
        ],
        'cancelled': [
            'cancelled', 'canceled', 'voided', 'void', 'failed', 'storniert', 'abgebrochen',
        ],
        'refunded': ['refunded', 'returned', 'erstattet', 'zurückgesendet', 'retourniert'],
    }) }}
{%- endmacro %}

{% macro is_order_status(status, meaning) -%}
    lower(trim({{ status }})) in ('{{ order_status_words()[meaning] | join("', '") }}')
{%- endmacro %}

{#
    An order is cancelled where its status says so. Where a tool gives no status, an order number
    with a C before its digits is a credit note, as tills in the United Kingdom write it.
#}
{% macro is_cancelled_order(status, order_id) -%}
    coalesce(
        {{ is_order_status(status, 'cancelled') }},
        {{ order_id }} like 'C%' and try_cast(substr({{ order_id }}, 2) as bigint) is not null
    )
{%- endmacro %}
