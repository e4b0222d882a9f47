-- Written from the definitions in models/semantic/, which `mf query` answers from.
{% set documented = [] %}
{% for metric in graph.get('metrics', {}).values() | sort(attribute='name') %}
    {% if metric.config.meta.get('stage') %}{% do documented.append(metric) %}{% endif %}
{% endfor %}

{% for metric in documented %}
{% set meta = metric.config.meta %}
select
    {% for column, value in [
        ('metric', metric.name),
        ('label', metric.label),
        ('stage', meta.stage),
        ('formula', metric.description),
        ('unit', meta.unit),
        ('direction', meta.direction),
        ('owner', meta.owner),
        ('source', meta.source),
        ('table_name', meta.table),
        ('column_name', meta.column),
        ('query', 'select ' ~ (meta.group_by.keys() | join(', ')) ~ ', ' ~ meta.column
            ~ ' from ' ~ meta.table ~ (' where ' ~ meta.where if meta.where else '')),
    ] %}
    {{ dbt.string_literal(dbt.escape_single_quotes(value)) }} as {{ column }},
    {% endfor %}
    {{ 'true' if meta.north_star else 'false' }} as is_north_star
{% if not loop.last %}union all{% endif %}
{% endfor %}
