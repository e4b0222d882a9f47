"""Meta Business Suite's content export: one CSV a month, with last month's posts once more."""

from orchestration.demo.brand import ACCOUNTS
from orchestration.demo.exports import ExportFile, by_month, csv_file
from orchestration.demo.model import Post, Story

COLUMNS = (
    "Post ID", "Account ID", "Account username", "Account name", "Description", "Duration (sec)",
    "Publish time", "Permalink", "Post type", "Data comment", "Date", "Views", "Reach", "Likes",
    "Shares", "Follows", "Comments", "Saves",
)  # fmt: skip


def export(story: Story) -> list[ExportFile]:
    """Return the monthly exports, each with the month's posts and the grown ones before."""
    on_instagram = [post for post in story.posts if post.platform == "instagram"]
    files, last_month = [], []
    for month, posts in by_month(on_instagram, lambda post: post.published_at).items():
        rows = [(post.post_id, _cells(post)) for post in posts + last_month]
        name = f"content_export_{month}.csv"
        files.append(csv_file("meta_business_suite", "posts", name, COLUMNS, rows, bom=True))
        last_month = [post.a_month_later() for post in posts]
    return files


def newest_counts(story: Story) -> list[Post]:
    """Return every post with the counts of the last export that shows it."""
    last_month = f"{story.calendar.date(story.calendar.last):%Y-%m}"
    return [
        post.a_month_later()
        if post.platform == "instagram" and f"{post.published_at:%Y-%m}" < last_month
        else post
        for post in story.posts
    ]


def _cells(post: Post) -> dict[str, object]:
    is_reel = post.kind == "IG reel"
    return {
        "Post ID": post.post_id,
        "Account ID": ACCOUNTS["instagram"],
        "Account username": "tideandlinen",
        "Account name": "Tide & Linen",
        "Description": post.text,
        "Duration (sec)": 8 + post.number % 50 if is_reel else 0,
        "Publish time": f"{post.published_at:%m/%d/%Y %H:%M}",
        "Permalink": f"https://www.instagram.com/p/{post.slug}/",
        "Post type": post.kind,
        "Date": "Lifetime",
        "Views": _count(post.views),
        "Reach": _count(post.reach),
        "Likes": _count(post.likes),
        "Shares": _count(post.shares),
        "Comments": _count(post.comments),
        "Saves": _count(post.saves),
    }


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
