{{ score_and_comment(ref('stg_hubspot__feedback_submissions')) }}
