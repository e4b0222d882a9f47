"""The queries in README.md and docs/queries.md give rows on the demo's published tables."""

import re

import duckdb
import pytest

from orchestration.settings import ROOT

TEXT = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
# Headings in turn with their queries: a part of the text begins with a heading.
QUERIES = [
    (part.splitlines()[0].strip(), block)
    for part in re.split(r"^#+ ", TEXT, flags=re.M)
    for block in re.findall(r"^```sql\n([^`]*)^```$", part, flags=re.M)
]


def test_there_are_twenty_questions_and_every_block_is_one() -> None:
    numbers = [title.split(".")[0] for title, _ in QUERIES]
    assert numbers[:20] == [str(n) for n in range(1, 21)]
    assert len(QUERIES) == TEXT.count("```sql") == 21


@pytest.mark.slow
@pytest.mark.parametrize(("title", "query"), QUERIES, ids=[t[:30] for t, _ in QUERIES])
def test_a_question_has_an_answer(
    title: str, query: str, published: duckdb.DuckDBPyConnection
) -> None:
    answer = published.sql(query)
    assert answer is not None
    rows = answer.fetchall()
    assert rows, title
    for position, name in enumerate(answer.columns):
        assert any(row[position] is not None for row in rows), f"{name} is empty everywhere"


@pytest.mark.slow
def test_the_readmes_queries_run(published: duckdb.DuckDBPyConnection) -> None:
    queries = re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    assert len(queries) >= 5
    for query in queries:
        assert published.execute(query).fetchall(), query
