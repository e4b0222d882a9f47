"""What surrounds the story, in the project's canonical columns."""

from collections.abc import Iterator

from orchestration.demo.catalog import CURRENCY
from orchestration.demo.exports import (
    ExportFile,
    Rows,
    by_month,
    csv_file,
    money,
    ndjson_file,
    present,
    utc,
)
from orchestration.demo.market import OWN_BRAND, SHARES_OF_TALK, Exposure, Market, Mention

_CAMPAIGN_COLUMNS = (
    "campaign_id", "campaign_name", "channel", "stage_goal", "utm_campaign", "starts_on",
    "ends_on", "reach",
)  # fmt: skip
_SPEND_COLUMNS = (
    "platform", "campaign_id", "spend_date", "spend_amount", "currency", "impressions", "clicks",
)  # fmt: skip
_AWARENESS_COLUMNS = (
    "survey_id", "respondent_id", "brand", "is_own_brand", "unaided_rank", "is_aided",
    "exposure_group", "answered_at",
)  # fmt: skip


def export(market: Market) -> list[ExportFile]:
    """Return the files of the market's entities."""
    return [
        csv_file("generic", "campaigns", "plan.csv", _CAMPAIGN_COLUMNS, _campaign_rows(market)),
        *_spend_files(market),
        *_mention_files(market),
        csv_file(
            "generic", "brand_awareness_answers", "waves.csv", _AWARENESS_COLUMNS,
            _awareness_rows(market),
        ),
        ndjson_file(
            "generic", "experiment_exposures", "exposures.ndjson", _exposure_rows(market.exposures)
        ),
    ]  # fmt: skip


def _campaign_rows(market: Market) -> Rows:
    for campaign in market.campaigns:
        yield (
            campaign.campaign_id,
            {
                "campaign_id": campaign.campaign_id,
                "campaign_name": campaign.name,
                "channel": campaign.channel,
                "stage_goal": campaign.stage_goal.replace("_", " "),
                "utm_campaign": campaign.utm_campaign,
                "starts_on": campaign.starts_on,
                "ends_on": campaign.ends_on,
                "reach": campaign.reach,
            },
        )


def _spend_files(market: Market) -> Iterator[ExportFile]:
    for month, spent in by_month(market.spend, lambda spend: spend.day).items():
        rows = (
            (
                f"{spend.platform}/{spend.campaign_id}/{spend.day}",
                {
                    "platform": spend.platform,
                    "campaign_id": spend.campaign_id,
                    "spend_date": spend.day,
                    "spend_amount": money(spend.cents),
                    "currency": CURRENCY,
                    "impressions": spend.impressions,
                    "clicks": spend.clicks,
                },
            )
            for spend in spent
        )
        yield csv_file("generic", "ad_spend", f"ads_{month}.csv", _SPEND_COLUMNS, rows)


def _mention_files(market: Market) -> Iterator[ExportFile]:
    for month, mentions in by_month(market.mentions, lambda mention: mention.at).items():
        yield ndjson_file(
            "generic", "brand_mentions", f"mentions_{month}.ndjson", _mention_rows(mentions)
        )


def _mention_rows(mentions: list[Mention]) -> Rows:
    for mention in mentions:
        mention_id = f"m{mention.number:06d}"
        yield (
            f"{mention.platform}/{mention_id}/{mention.brand}",
            present(
                platform=mention.platform,
                mention_id=mention_id,
                brand=mention.brand,
                is_own_brand=mention.brand == OWN_BRAND,
                mentioned_at=utc(mention.at),
                sentiment=mention.sentiment,
                reach=mention.reach,
            ),
        )


def _awareness_rows(market: Market) -> Rows:
    for respondent in market.respondents:
        for brand in SHARES_OF_TALK:
            rank = respondent.named.index(brand) + 1 if brand in respondent.named else None
            respondent_id = f"r{respondent.number:05d}"
            yield (
                f"{respondent.survey_id}/{respondent_id}/{brand}",
                {
                    "survey_id": respondent.survey_id,
                    "respondent_id": respondent_id,
                    "brand": brand,
                    "is_own_brand": str(brand == OWN_BRAND).lower(),
                    "unaided_rank": rank,
                    "is_aided": str(brand in respondent.known).lower(),
                    "exposure_group": respondent.group,
                    "answered_at": utc(respondent.answered_at),
                },
            )


def _exposure_rows(exposures: list[Exposure]) -> Rows:
    for number, exposure in enumerate(exposures):
        first = exposure.visit.events[0]
        exposure_id = f"x{number:06d}"
        yield (
            f"{exposure.experiment}/{exposure_id}",
            present(
                experiment_id=exposure.experiment,
                exposure_id=exposure_id,
                variation=exposure.variation,
                planned_share=exposure.planned_share,
                exposed_at=utc(first.at),
                visitor_id=exposure.visit.device.visitor_id,
                visitor_source="ga4",
                customer_id=first.customer_id,
            ),
        )
