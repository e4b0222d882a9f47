{{ responses_of('typeform') }}
