{{ responses_of('google_forms') }}
