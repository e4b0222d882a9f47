{#
    Delivered rows with one row per primary key: the newest version where a tool delivered a
    record several times: by the version columns, then from the file that reaches furthest in
    time. Of equals the choice follows the content; it never follows the order of arrival.
    Repeated keys are found first; only their rows are sorted.
#}
{% macro newest_per_key(relation, key, version=[]) -%}
    {%- set key_columns = key | join(', ') -%}
    select delivered.*
    from {{ relation }} as delivered
    left join (
        select
            delivered._batch_id,
            delivered._row_number,
            row_number() over (
                partition by {% for column in key %}delivered.{{ column }}, {% endfor %}1
                order by
                    {%- for column in version %} delivered.{{ column }} desc nulls last,{% endfor %}
                    delivered._batch_last_event_at desc nulls last,
                    delivered._batch_id desc, delivered._row_number desc
            ) as age
        from {{ relation }} as delivered
        inner join (
            select {{ key_columns }}
            from {{ relation }}
            group by {{ key_columns }}
            having count(*) > 1
        ) as repeated
            on {% for column in key %}delivered.{{ column }} = repeated.{{ column }}
            {%- if not loop.last %} and {% endif %}{% endfor %}
    ) as version
        on delivered._batch_id = version._batch_id
        and delivered._row_number = version._row_number
    where coalesce(version.age, 1) = 1
{%- endmacro %}
