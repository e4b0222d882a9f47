"""What the brand does: it posts, gains followers and sends campaigns."""

from dataclasses import replace
from datetime import datetime, timedelta

from orchestration.demo.catalog import POST_TEXTS, THEMES
from orchestration.demo.dice import Dice
from orchestration.demo.model import Calendar, Campaign, FollowerCount, Post

ACCOUNTS = {
    "instagram": "17841405309211844",  # above 2**53: an id that a float would spoil
    "facebook": "102938475610293",
    "linkedin": "urn:li:organization:5005",
}
GOLDEN_FOLLOWERS = 5_000
_FOLLOWERS_AT_START = {"instagram": 12_400, "linkedin": 2_150}
_DAILY_GAIN = {"instagram": 25, "facebook": 6, "linkedin": 4}
_POST_HOURS = {"instagram": (8, 16), "facebook": (10,), "linkedin": (7,)}
_POST_EVERY = {"instagram": 1, "facebook": 2, "linkedin": 3}
_POST_KINDS = {
    "instagram": ("IG image", "IG reel", "IG carousel"),
    "facebook": ("image", "link", "video"),
    "linkedin": ("text", "link", "image"),
}


def publish_posts(dice: Dice, calendar: Calendar) -> list[Post]:
    """Draw the posts of every platform; the middle one on Facebook is the golden one.

    The golden post has 150 likes, 7 comments and no share count on a day with exactly
    5,000 followers: an engagement rate of 3.14 %.
    """
    posts = [
        _post(dice, platform, number, calendar.midnight(day) + timedelta(hours=hour))
        for platform, every in _POST_EVERY.items()
        for number, (day, hour) in enumerate(
            (day, hour) for day in range(0, calendar.days, every) for hour in _POST_HOURS[platform]
        )
    ]
    golden = posts.index(golden_post(posts))
    posts[golden] = replace(posts[golden], likes=150, comments=7, shares=None)
    return posts


def golden_post(posts: list[Post]) -> Post:
    """Return the post in the middle of Facebook's."""
    on_facebook = [post for post in posts if post.platform == "facebook"]
    return on_facebook[len(on_facebook) // 2]


def _post(dice: Dice, platform: str, number: int, hour: datetime) -> Post:
    reach = dice.randint(900, 9_000)
    return Post(
        platform=platform,
        number=number,
        post_id=f"{list(ACCOUNTS).index(platform) + 1}80{number:05d}{dice.randrange(10**10):010d}",
        published_at=hour + timedelta(minutes=dice.randrange(60)),
        kind=dice.choice(_POST_KINDS[platform]),
        text=dice.choice(POST_TEXTS),
        likes=reach * dice.randint(10, 60) // 1000,
        comments=dice.randint(0, 40),
        shares=dice.randint(0, 25) if dice.happens(0.9) else None,
        saves=dice.randint(0, 30) if dice.happens(0.9) else None,
        reach=reach,
        views=reach + dice.randint(400, 6_000),
    )


def count_followers(dice: Dice, calendar: Calendar, golden: Post) -> list[FollowerCount]:
    """Draw growing daily follower counts; Facebook's is 5,000 on the day of the golden post."""
    golden_day = calendar.day_of(golden.published_at)
    counts = []
    for platform, gain in _DAILY_GAIN.items():
        growth = [0]
        for _ in range(calendar.last):
            growth.append(growth[-1] + dice.randint(0, 2 * gain))
        start = _FOLLOWERS_AT_START.get(platform, GOLDEN_FOLLOWERS - growth[golden_day])
        counts += [
            FollowerCount(platform, calendar.date(day), start + gained)
            for day, gained in enumerate(growth)
        ]
    return counts


def campaigns(calendar: Calendar) -> list[Campaign]:
    """Return a newsletter every fortnight and a text message every forty days, in order."""
    mails = [_campaign(calendar, day, "email") for day in range(3, calendar.days, 14)]
    texts = [_campaign(calendar, day, "sms") for day in range(20, calendar.days, 40)]
    return sorted(mails + texts, key=lambda campaign: campaign.sent_at)


def _campaign(calendar: Calendar, day: int, channel: str) -> Campaign:
    sent_on = calendar.date(day)
    theme = THEMES[day // 14 % len(THEMES)]
    name = f"Newsletter {theme}" if channel == "email" else f"Text {theme}"
    sent_at = calendar.midnight(day) + timedelta(hours=6 if channel == "email" else 9)
    return Campaign(f"{channel}-{sent_on:%Y%m%d}", name, channel, day, sent_at)
