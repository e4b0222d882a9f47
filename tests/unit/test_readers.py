import csv
import random
from pathlib import Path

import pytest

from orchestration.ingestion.readers import count_csv_records


def test_counting_agrees_with_python_on_any_well_formed_file(tmp_path: Path) -> None:
    dice = random.Random(1)
    path = tmp_path / "file.csv"
    for _ in range(300):
        rows = [
            ["".join(dice.choices('ab,"\n\r ', k=dice.randrange(6))) for _ in range(3)]
            for _ in range(dice.randrange(9))
        ]
        with path.open("w", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
        assert count_csv_records(path) == len(rows), rows


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("", 0),
        ("a,b", 1),
        ("a,b\n1,2\n", 2),
        ("a,b\r\n\r\n1,2\r\n\r\n", 2),
        ('a,b\n"line\nbreak",2\n', 2),
        ('size,b\n5" pipe,2\n6" pipe,3\n', 3),
        ('a\n"he said ""hi"""\n', 2),
    ],
)
def test_records_are_counted_not_lines(tmp_path: Path, text: str, records: int) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, newline="")
    assert count_csv_records(path) == records


def test_a_cell_may_span_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.csv"
    path.write_text('a,b\n"x\ny",2\n3,4\n' * 50, newline="")
    for size in (1, 2, 3, 5, 7, 11):
        monkeypatch.setattr("orchestration.ingestion.readers._CHUNK_BYTES", size)
        assert count_csv_records(path) == 150, size
