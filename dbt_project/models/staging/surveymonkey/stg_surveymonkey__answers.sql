{{ answers_of(ref('stg_surveymonkey__responses')) }}
