{{ answers_of(ref('stg_typeform__responses')) }}
