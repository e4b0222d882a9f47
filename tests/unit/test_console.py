"""What a person sees of a run."""

import io

from rich.console import Console

from orchestration.console import Progress, _print_checks


def shown(verbose: bool = False) -> tuple[Progress, list[str]]:
    """Three steps, of which the first did something and the last took long over nothing."""
    out = io.StringIO()
    progress = Progress(Console(file=out, width=200), 3, verbose)
    progress.step("generic/orders", 1234, 0.5, idle=False)
    progress.step("generic/reviews", 0, 0.1, idle=True)
    progress.step("staging/stg_generic__orders", None, 2.5, idle=True)
    return progress, out.getvalue().splitlines()


def test_a_step_without_rows_or_news_has_no_line() -> None:
    progress, lines = shown()
    assert [line.split()[3] for line in lines] == ["generic/orders", "staging/stg_generic__orders"]
    assert lines[1].startswith("   3 of 3"), "it counts as done"
    assert progress.idle == 1


def test_all_steps_have_lines_where_they_are_asked_for() -> None:
    progress, lines = shown(verbose=True)
    assert len(lines) == 3
    assert progress.idle == 0


def test_each_file_that_was_not_read_has_a_line_of_its_own() -> None:
    out = io.StringIO()
    console = Console(file=out, width=200)
    progress = Progress(console, 1)
    findings = "a.csv was not read: it is empty\nb.csv was not read: it is truncated"
    progress.check("generic/orders", "deliveries", False, False, findings, [])
    out.truncate(0)
    _print_checks(console, progress)
    assert out.getvalue().split("\n")[2:4] == [
        "  warns  generic/orders: deliveries: a.csv was not read: it is empty",
        "         b.csv was not read: it is truncated",
    ]


def test_a_warning_shows_some_of_the_rows() -> None:
    out = io.StringIO()
    console = Console(file=out, width=200)
    progress = Progress(console, 1)
    rows = [{"order_status": f"word {number}", "note": ""} for number in range(5)]
    progress.check("orders", "dbt_tests", False, False, "statuses: 5 rows break it", rows)
    out.truncate(0)
    _print_checks(console, progress)
    assert out.getvalue().split("\n")[2:] == [
        "  warns  orders: dbt_tests: statuses: 5 rows break it",
        *(f"         row  order_status word {number}" for number in range(3)),
        "",
    ]
