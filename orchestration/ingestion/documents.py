"""Cuts a JSON document around the records of its list and leaves the text of each as it stands.

No number passes through a float on the way.
"""

import json
import re

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"\s*")


def parted(text: str, path: str | None) -> tuple[str, list[str], str]:
    """Cut a JSON document around the elements of its list of records.

    Args:
        text: the document.
        path: where the list stands, as `path.to.list`; None: the document is the list.

    Returns:
        What stands before the first element, each element with the blanks before it, and the rest.

    Raises:
        ValueError: it is not JSON, or holds no such list.
    """
    try:
        return _parted(text, path)
    except (IndexError, StopIteration):
        raise ValueError("is not valid JSON: it ends too early") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON: {error}") from None


def _parted(text: str, path: str | None) -> tuple[str, list[str], str]:
    start = _after_blanks(text, len(text) - len(text.removeprefix("\ufeff")))
    for key in path.split(".") if path else ():
        start = _value_of(text, start, key)
    if text[start : start + 1] != "[":
        where = f"under {path!r}" if path else "at its top"
        raise ValueError(f"holds no list of records {where}")
    records, end = [], start + 1
    while text[_after_blanks(text, end)] != "]":
        begin = end
        _, end = _DECODER.raw_decode(text, _after_blanks(text, begin))
        records.append(text[begin:end])
        following = _after_blanks(text, end)
        if text[following] == ",":
            end = following + 1
        elif text[following] != "]":
            raise ValueError(f"is not valid JSON: Expecting ',' delimiter: char {following}")
    before, after = text[: start + 1], text[end:]
    json.loads(before.removeprefix("\ufeff") + after)
    return before, records, after


def _value_of(text: str, start: int, key: str) -> int:
    """Where the value of a key of the object at `start` begins."""
    if text[start] != "{":
        raise ValueError(f"holds no list of records under {key!r}")
    position = _after_blanks(text, start + 1)
    while text[position] == '"':
        name, position = _DECODER.raw_decode(text, position)
        position = _after_blanks(text, _after_blanks(text, position) + 1)
        if name == key:
            return position
        _, position = _DECODER.raw_decode(text, position)
        position = _after_blanks(text, _after_blanks(text, position) + 1)
    raise ValueError(f"holds no list of records under {key!r}")


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position
