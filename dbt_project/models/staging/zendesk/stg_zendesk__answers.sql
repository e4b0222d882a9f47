{{ score_and_comment(ref('stg_zendesk__satisfaction_ratings')) }}
