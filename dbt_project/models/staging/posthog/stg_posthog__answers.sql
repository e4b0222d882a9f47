{{ answers_of(ref('stg_posthog__survey_responses')) }}
