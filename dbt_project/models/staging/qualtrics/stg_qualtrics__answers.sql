{{ answers_of(ref('stg_qualtrics__responses')) }}
