{{ answers_of(ref('stg_google_forms__responses')) }}
