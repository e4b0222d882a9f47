{#
    Likes + comments + shares as far as the platform delivered them; null where it delivered none.
    A part that is missing is not a zero: `is_interactions_complete` says whether all three came.
#}
{% macro interactions(likes, comments, shares) -%}
    case
        when coalesce({{ likes }}, {{ comments }}, {{ shares }}) is not null
            then coalesce({{ likes }}, 0) + coalesce({{ comments }}, 0) + coalesce({{ shares }}, 0)
    end
{%- endmacro %}
