{{ responses_of('surveymonkey') }}
