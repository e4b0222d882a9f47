{{ score_and_comment(ref('stg_medallia__feedback')) }}
