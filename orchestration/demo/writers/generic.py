"""The tools without a contract of their own, in the project's canonical columns."""

from collections import Counter
from collections.abc import Iterator

from orchestration.demo.brand import ACCOUNTS
from orchestration.demo.catalog import CURRENCY, REVIEWS
from orchestration.demo.exports import (
    ExportFile,
    Rows,
    by_month,
    csv_file,
    money,
    ndjson_file,
    present,
    spelled,
    utc,
)
from orchestration.demo.model import (
    SHOP_ZONE,
    FollowerCount,
    Invitation,
    MessageEvent,
    Order,
    Post,
    Review,
    Story,
)
from orchestration.demo.opinions import NPS_SURVEY
from orchestration.demo.writers.surveys import (
    ANSWER_COLUMNS,
    INVITATION_COLUMNS,
    answer_rows,
    invitation_row,
)

_POST_COLUMNS = (
    "platform", "post_id", "account_id", "published_at", "post_type", "permalink", "message",
    "likes", "comments", "shares", "clicks", "reach", "impressions",
)  # fmt: skip
_ORDER_COLUMNS = (
    "order_id", "line_number", "ordered_at", "customer_id", "email", "product_id", "product_name",
    "quantity", "unit_price", "discount_amount", "currency", "order_status", "country",
)  # fmt: skip
_QUESTIONS = {
    "csat": ("csat", "How satisfied were you?", 5),
    "ces": ("ces", "Tide & Linen made it easy for me to handle my issue.", 7),
    "comment": ("text", "Anything else?", None),
}


def export(story: Story) -> list[ExportFile]:
    """Return the files of every generic entity."""
    return [
        *_social_files(story),
        *_message_files(story),
        *_phone_order_files(story),
        *_survey_files(story),
        ndjson_file("generic", "reviews", "reviews.ndjson", _review_rows(story.reviews)),
    ]


# Social ---------------------------------------------------------------------------------------


def _social_files(story: Story) -> Iterator[ExportFile]:
    posts = [post for post in story.posts if post.platform != "instagram"]
    clicks = Counter(visit.traffic.campaign for visit in story.visits)
    for month, published in by_month(posts, lambda post: post.published_at).items():
        rows = ((f"{p.platform}/{p.post_id}", _post_cells(p, clicks[p.slug])) for p in published)
        yield csv_file("generic", "social_posts", f"posts_{month}.csv", _POST_COLUMNS, rows)
    for month, counts in by_month(story.follower_counts, lambda count: count.day).items():
        columns = ("platform", "account_id", "snapshot_date", "followers")
        name = f"followers_{month}.csv"
        yield csv_file("generic", "social_accounts", name, columns, _follower_rows(counts))


def _post_cells(post: Post, clicks: int) -> dict[str, object]:
    """Return the cells of a post; its clicks are the visits that it brought."""
    return {
        "platform": post.platform,
        "post_id": post.post_id,
        "account_id": ACCOUNTS[post.platform],
        "published_at": utc(post.published_at),
        "post_type": post.kind,
        "permalink": f"https://www.{post.platform}.com/posts/{post.post_id}",
        "message": post.text,
        "likes": post.likes,
        "comments": post.comments,
        "shares": post.shares,
        "clicks": clicks,
        "reach": post.reach,
        "impressions": post.views,
    }


def _follower_rows(counts: list[FollowerCount]) -> Rows:
    for count in counts:
        yield (
            f"{count.platform}/{count.day}",
            {
                "platform": count.platform,
                "account_id": ACCOUNTS[count.platform],
                "snapshot_date": count.day,
                "followers": count.followers,
            },
        )


# Messages -------------------------------------------------------------------------------------


def _message_files(story: Story) -> Iterator[ExportFile]:
    for month, events in by_month(story.messages, lambda event: event.at).items():
        yield ndjson_file("generic", "messages", f"messages_{month}.ndjson", _message_rows(events))


def _message_rows(events: list[MessageEvent]) -> Rows:
    for event in events:
        campaign, person, by_mail = event.campaign, event.person, event.campaign.channel == "email"
        message_id = f"{campaign.campaign_id}-{person.number:06d}"
        suffix = "proxy" if event.by_machine else event.event_type
        is_known = person.was_known_before(campaign.day)
        yield (
            f"{message_id}-{suffix}",
            present(
                message_event_id=f"{message_id}-{suffix}",
                occurred_at=utc(event.at),
                message_id=message_id,
                campaign_id=campaign.campaign_id,
                campaign=campaign.name,
                channel=campaign.channel,
                event_type=event.event_type,
                is_machine_open=event.by_machine,
                bounce_type=event.bounce_type,
                email=spelled(person.email, person.number + campaign.day) if by_mail else None,
                phone=None if by_mail else person.phone,
                customer_id=person.customer_id if is_known else None,
                attempt=1,
            ),
        )


# Orders by phone ------------------------------------------------------------------------------


def _phone_order_files(story: Story) -> Iterator[ExportFile]:
    by_phone = [order for order in story.orders if order.channel == "phone"]
    for month, orders in by_month(by_phone, lambda order: order.placed_at).items():
        rows = (row for order in orders for row in _order_rows(order))
        yield csv_file("generic", "orders", f"till_{month}.csv", _ORDER_COLUMNS, rows)


def _order_rows(order: Order) -> Rows:
    for position, line in enumerate(order.lines, start=1):
        yield (
            f"{order.name}/{position}",
            {
                "order_id": order.name,
                "line_number": position,
                "ordered_at": order.placed_at.astimezone(SHOP_ZONE).isoformat(),
                "customer_id": order.person.customer_id,
                "email": spelled(order.person.email, order.number),
                "product_id": line.product.sku,
                "product_name": line.product.name,
                "quantity": line.quantity,
                "unit_price": money(line.product.cents),
                "discount_amount": money(line.cents // 10 if order.discount_code else 0),
                "currency": CURRENCY,
                "order_status": order.status,
                "country": order.person.country,
            },
        )


# Surveys and reviews --------------------------------------------------------------------------


def _survey_files(story: Story) -> Iterator[ExportFile]:
    for month, sent in by_month(story.invitations, lambda i: i.invited_at).items():
        name = f"invitations_{month}.csv"
        rows = _invitation_rows(sent)
        yield csv_file("generic", "survey_invitations", name, INVITATION_COLUMNS, rows)
    elsewhere = [i for i in story.invitations if i.answers and i.survey_id != NPS_SURVEY]
    answered = by_month(elsewhere, lambda i: i.answered_at or i.invited_at)
    for month, submissions in answered.items():
        rows = (row for submission in submissions for row in answer_rows(submission, _QUESTIONS))
        yield csv_file("generic", "survey_answers", f"answers_{month}.csv", ANSWER_COLUMNS, rows)


def _invitation_rows(invitations: list[Invitation]) -> Rows:
    for invitation in invitations:
        moment = f"{invitation.invited_at:%Y%m%d%H%M%S}"
        yield invitation_row(invitation, f"{moment}-{invitation.person.number:06d}", "email")


def _review_rows(reviews: list[Review]) -> Rows:
    for review in sorted(reviews, key=lambda review: review.written_at):
        title, text = REVIEWS[review.person.language][review.mood]
        review_id = f"{review.written_at:%Y%m%d%H%M%S}-{review.person.number:06d}"
        on_google = review.site == "google"  # which shows a name and nothing else of a person
        yield (
            f"{review.site}/{review_id}",
            present(
                site=review.site,
                review_id=review_id,
                reviewed_at=review.written_at.astimezone(SHOP_ZONE).isoformat(timespec="seconds"),
                rating=review.rating,
                scale_max=5,
                title=None if on_google else title,
                review_text=text,
                language=review.person.language,
                reviewer_name=review.person.name,
                email=None if on_google else spelled(review.person.email, review.person.number),
                customer_id=None if on_google else review.person.customer_id,
            ),
        )
