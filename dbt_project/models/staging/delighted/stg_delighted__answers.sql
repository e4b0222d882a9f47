{{ score_and_comment(ref('stg_delighted__responses')) }}
