{#
    What became of an invitation, in the words of the American Association for Public Opinion
    Research. A bounced one never arrived: it is not eligible and left out of every rate; one without
    a status is of unknown eligibility and stays in the denominator.
#}
{% macro invitation_outcome(status, has_scored_answer) -%}
    case
        when {{ status }} = 'answered' or {{ has_scored_answer }} then 'complete'
        when {{ status }} = 'started' then 'partial'
        when {{ status }} = 'opened' then 'refusal'
        when {{ status }} = 'bounced' then 'not eligible'
        when {{ status }} = 'sent' then 'non-contact'
        when {{ status }} is null then 'unknown'
        else 'other'
    end
{%- endmacro %}

{#
    Response rate 1 of the AAPOR in percent: complete interviews of all that could have been,
    I / ((I + P) + (R + NC + O) + (UH + UO)). 120 of 120 + 30 + 200 + 100 + 10 + 40 + 0 = 24 %.
#}
{% macro response_rate_1(
    complete, partial, refusal, non_contact, other, unknown_household, unknown_other
) -%}
    {{ rate_pct(
        complete,
        '(' ~ [
            complete, partial, refusal, non_contact, other, unknown_household, unknown_other
        ] | join(' + ') ~ ')'
    ) }}
{%- endmacro %}
