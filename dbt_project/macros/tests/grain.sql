{#
    The columns of the grain are never null and never repeat together. While a build is under way
    only the rows that an incremental model has exchanged in it are looked at.
#}
{% test grain(model, columns) %}
    {%- set names = columns | join(', ') -%}
    select
        {{ names }},
        count(*) as row_count
    from {{ model }}
    {%- if is_exchanged_in_part(model) %}
    where ({{ names }}) in (
        select ({{ names }}) from {{ change_log(model) }}
    )
    {%- endif %}
    group by {{ names }}
    having count(*) > 1
        {%- for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
