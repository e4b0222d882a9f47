"""The demo's files are recounted here with plain csv and json, knowing nothing of its code."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from orchestration.demo import write_demo


class Demo(NamedTuple):
    landing: Path
    truth: dict[str, Any]
    truth_file: Path


def written(folder: Path, seed: int = 7) -> Demo:
    truth_file = folder / "truth.json"
    truth = write_demo(folder / "landing", truth_file, days=30, people=200, seed=seed)
    return Demo(folder / "landing", truth, truth_file)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return written(tmp_path_factory.mktemp("demo"))


def fingerprints(demo: Demo) -> dict[str, str]:
    files = [path for path in demo.landing.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(demo.landing.parent)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*files, demo.truth_file]
    }


def first_deliveries(demo: Demo, table: str) -> Iterator[Path]:
    """Yield the files of a table without byte-identical copies."""
    seen = set[bytes]()
    for path in sorted((demo.landing / table).iterdir(), key=lambda p: (len(p.name), p.name)):
        if (content := path.read_bytes()) not in seen:
            seen.add(content)
            yield path


def csv_rows(demo: Demo, table: str) -> list[dict[str, str]]:
    """Return the rows that have as many cells as the header."""
    rows = []
    for path in first_deliveries(demo, table):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *cells = csv.reader(file)
        rows += [dict(zip(header, c, strict=True)) for c in cells if len(c) == len(header)]
    return rows


def ndjson_lines(demo: Demo, table: str) -> list[str]:
    return [
        line
        for path in first_deliveries(demo, table)
        for line in path.read_text("utf-8").splitlines()
    ]


def parsed(line: str) -> dict[str, Any] | None:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def ga4_events(demo: Demo) -> list[dict[str, Any]]:
    lines = dict.fromkeys(ndjson_lines(demo, "ga4/events"))
    return [event for line in lines if (event := parsed(line))]


def same_address(email: str) -> str:
    return email.strip().lower()


def test_is_byte_identical_for_the_same_arguments(demo: Demo, tmp_path: Path) -> None:
    assert fingerprints(written(tmp_path)) == fingerprints(demo)


def test_another_seed_tells_another_story(demo: Demo, tmp_path: Path) -> None:
    assert fingerprints(written(tmp_path, seed=8)) != fingerprints(demo)


def test_truth_file_holds_what_is_returned(demo: Demo) -> None:
    assert json.loads(demo.truth_file.read_text("utf-8")) == demo.truth


def test_delivered_rows_are_the_sum_of_their_fates(demo: Demo) -> None:
    folders = {f"{p.parent.name}/{p.name}" for p in demo.landing.glob("*/*")}
    assert folders == set(demo.truth["sources"])
    for table, counted in demo.truth["sources"].items():
        assert counted["files"] == len(list((demo.landing / table).iterdir()))
        assert counted["rows_delivered"] == counted["distinct_records"] + sum(
            counted[f"rows_{fate}"]
            for fate in ("in_repeated_files", "broken", "duplicate", "superseded")
        )


def test_ga4_rows(demo: Demo) -> None:
    counted = demo.truth["sources"]["ga4/events"]
    lines = ndjson_lines(demo, "ga4/events")
    late = sum(
        event["event_date"] != path.stem.removeprefix("events_")
        for path in first_deliveries(demo, "ga4/events")
        for line in path.read_text("utf-8").splitlines()
        if (event := parsed(line))
    )
    broken = sum(parsed(line) is None for line in lines)
    assert counted["rows_delivered"] == len(lines)
    assert counted["rows_broken"] == broken > 0
    assert counted["rows_duplicate"] == len(lines) - len(set(lines)) > 0
    assert counted["rows_late"] == late > 0
    assert counted["distinct_records"] == len(ga4_events(demo))


def test_ga4_prints_64_bit_integers_as_strings(demo: Demo) -> None:
    for event in ga4_events(demo):
        assert isinstance(event["event_timestamp"], str)
        for param in event["event_params"]:
            assert all(isinstance(value, str) for value in param["value"].values())


def test_ga4_records_stay_small(demo: Demo) -> None:
    assert max(map(len, ndjson_lines(demo, "ga4/events"))) < 1_000


def test_sessions(demo: Demo) -> None:
    visitors: dict[str, list[tuple[int, str]]] = {}
    for event in ga4_events(demo):
        if visitor := event.get("user_pseudo_id"):
            moment = int(event["event_timestamp"])
            visitors.setdefault(visitor, []).append((moment, event["event_name"]))
    sessions: list[list[tuple[int, str]]] = []
    for events in visitors.values():
        previous = None
        for moment, name in sorted(events):
            if previous is None or moment - previous > 1_800_000_000:
                sessions.append([])
            sessions[-1].append((moment, name))
            previous = moment
    page_views = [sum(name == "page_view" for _, name in s) for s in sessions]
    key_events = [any(name in ("generate_lead", "purchase") for _, name in s) for s in sessions]
    durations = [s[-1][0] - s[0][0] for s in sessions]
    counted = demo.truth["sessions"]
    assert counted["visitors"] == len(visitors)
    assert counted["sessions"] == len(sessions)
    assert counted["single_page"] == page_views.count(1)
    assert counted["total_duration_seconds"] == round(sum(durations) / 10**6, 3)
    assert counted["engaged"] == sum(
        duration > 10_000_000 or views >= 2 or key
        for duration, views, key in zip(durations, page_views, key_events, strict=True)
    )


def test_shopify_fills_order_columns_only_on_the_first_line(demo: Demo) -> None:
    seen = set[str]()
    for row in csv_rows(demo, "shopify/orders"):
        is_first = row["Name"] not in seen
        seen.add(row["Name"])
        for column in ("Email", "Created at", "Total", "Financial Status", "Billing Zip"):
            assert bool(row[column]) == is_first
        assert row["Billing Zip"].startswith("'") == is_first
        assert row["Lineitem sku"]


def test_orders(demo: Demo) -> None:
    """Merge shop and till on the spelling-proof address."""
    lines = [
        (r["Name"], r["Email"], r["Cancelled at"], r["Lineitem quantity"], r["Lineitem price"])
        for r in csv_rows(demo, "shopify/orders")
        if r["Lineitem quantity"].isdigit()
    ] + [
        (
            r["order_id"],
            r["email"],
            r["order_status"] == "cancelled",
            r["quantity"],
            r["unit_price"],
        )
        for r in csv_rows(demo, "generic/orders")
    ]
    buyers = {name: same_address(email) for name, email, *_ in lines if email}
    cancelled = {name for name, _, is_cancelled, *_ in lines if is_cancelled}
    orders_by_buyer = Counter(buyer for name, buyer in buyers.items() if name not in cancelled)
    cents = sum(
        int(quantity) * round(float(price) * 100)
        for name, *_, quantity, price in lines
        if name not in cancelled
    )
    assert demo.truth["orders"]["all"] == {
        "orders": len(buyers),
        "cancelled": len(cancelled),
        "refunded": demo.truth["orders"]["all"]["refunded"],
        "lines": len(lines),
        "gross_merchandise_revenue": cents / 100,
        "customers": len(orders_by_buyer),
        "repeat_customers": sum(n >= 2 for n in orders_by_buyer.values()),
    }


def test_every_purchase_on_the_site_is_a_shopify_order(demo: Demo) -> None:
    bought = {e["ecommerce"]["transaction_id"] for e in ga4_events(demo) if "ecommerce" in e}
    orders = {r["Name"] for r in csv_rows(demo, "shopify/orders") if r["Name"][1].isdigit()}
    assert bought == orders


def test_messages(demo: Demo) -> None:
    events = {
        event["message_event_id"]: event
        for line in ndjson_lines(demo, "generic/messages")
        if (event := parsed(line)) and "T25:" not in event["occurred_at"]
    }
    counted = demo.truth["messages"]
    kinds = Counter((e["channel"], e["event_type"]) for e in events.values())
    assert len(events) == demo.truth["sources"]["generic/messages"]["distinct_records"]
    assert {(c, k): n for c, by in counted["events"].items() for k, n in by.items()} == kinds
    assert counted["human_opens"] == sum(e.get("is_machine_open") is False for e in events.values())
    assert counted["people_reached"]["email"] == len(
        {
            same_address(e["email"])
            for e in events.values()
            if e["event_type"] == "delivered" and e["channel"] == "email"
        }
    )


def test_surveys(demo: Demo) -> None:
    scores = Counter[tuple[str, str, str, int]]()
    for path in first_deliveries(demo, "typeform/responses"):
        survey, document = path.stem.split("-")[0], json.loads(path.read_text("utf-8"))
        assert document["total_items"] == len(document["items"])
        for item in document["items"]:
            for answer in item["answers"]:
                if "number" in answer:
                    metric = answer["field"]["ref"].split("_")[0]
                    scores[survey, metric, item["submitted_at"][:7], answer["number"]] += 1
    for row in csv_rows(demo, "generic/survey_answers"):
        if row["score"]:
            month, score = row["answered_at"][:7], int(row["score"])
            scores[row["survey_id"], row["question_kind"], month, score] += 1
    good = {"nps": (9, 10), "csat": (4, 5), "ces": (5, 6, 7), "ces_v1": (1, 2)}
    for survey, counted in demo.truth["surveys"].items():
        for metric, by in counted["metrics"].items():
            for month, expected in by["by_month"].items():
                found = {k[3]: n for k, n in scores.items() if k[:3] == (survey, metric, month)}
                positives = sum(n for score, n in found.items() if score in good[metric])
                assert expected["n"] == sum(found.values())
                assert expected.get("promoters", expected.get("positives")) == positives
    overall = [by["overall"]["n"] for s in demo.truth["surveys"].values()
               for by in s["metrics"].values()]  # fmt: skip
    assert sum(overall) == scores.total()


def test_meta_export(demo: Demo) -> None:
    path = next((demo.landing / "meta_business_suite/posts").iterdir())
    rows = csv_rows(demo, "meta_business_suite/posts")
    newest: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: int(row["Views"].replace(",", ""))):
        newest[row["Post ID"]] = row
    interactions = sum(
        int(row[column].replace(",", "") or 0)
        for row in newest.values()
        for column in ("Likes", "Comments", "Shares")
    )
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert {row["Date"] for row in rows} == {"Lifetime"}
    assert demo.truth["social"]["posts"]["instagram"] == len(newest)
    assert demo.truth["social"]["interactions"]["instagram"] == interactions


def test_meta_shows_last_months_posts_again_with_larger_counts(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    write_demo(landing, tmp_path / "t.json", days=60, people=20, end=date(2026, 8, 31))
    views: dict[str, list[int]] = {}
    for row in csv_rows(Demo(landing, {}, tmp_path), "meta_business_suite/posts"):
        views.setdefault(row["Post ID"], []).append(int(row["Views"].replace(",", "")))
    again = [counts for counts in views.values() if len(counts) == 2]
    assert len(again) == 58  # two posts a day, from 3 to 31 July
    assert all(earlier < later for earlier, later in again)


def test_golden_post(demo: Demo) -> None:
    golden = demo.truth["social"]["golden_post"]
    [post] = [
        row
        for row in csv_rows(demo, "generic/social_posts")
        if (row["platform"], row["post_id"]) == (golden["platform"], golden["post_id"])
    ]
    [account] = [
        row
        for row in csv_rows(demo, "generic/social_accounts")
        if row["account_id"] == post["account_id"]
        and row["snapshot_date"] == post["published_at"][:10]
    ]
    assert (post["likes"], post["comments"], post["shares"]) == ("150", "7", "")
    assert account["followers"] == "5000"


def test_one_file_is_delivered_twice(demo: Demo) -> None:
    copies = [
        table
        for table in demo.truth["sources"]
        if len(list((demo.landing / table).iterdir())) > len([*first_deliveries(demo, table)])
    ]
    assert copies == ["shopify/orders"]
    assert demo.truth["sources"]["shopify/orders"]["files_repeated"] == 1


def test_broken_rows_stay_below_two_percent(demo: Demo) -> None:
    for counted in demo.truth["sources"].values():
        assert (
            counted["rows_broken"] < 0.02 * counted["rows_delivered"] or not counted["rows_broken"]
        )
