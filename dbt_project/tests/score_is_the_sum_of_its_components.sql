select
    person_id,
    week,
    score,
    web_score + messages_score + commerce_score + feedback_score + loyalty_score + community_score
        as components
from {{ ref('customer_engagement_weekly') }}
where
    abs(
        score - web_score - messages_score - commerce_score - feedback_score - loyalty_score
        - community_score
    ) > 0.0001
