{{ responses_of('qualtrics') }}
