"""Finds e-mail addresses, phone numbers and IP addresses inside texts and takes them out.

The patterns mean the same to DuckDB (values) and to Python (headers, messages). In a text the
address becomes `[email]`, `[phone]` or `[ip]`. An id that holds an address becomes as a whole
`id-<pseudonym>`: it still joins, and two people stay two.

What no pattern finds: names, postal addresses, addresses in words ("ada at example dot com") or
encoded otherwise than by percent signs, and numbers without the mark of a phone number, such as
15551234567: a bare run of digits is an order number as often as a phone.
"""

import re
from functools import reduce

from orchestration.ingestion.pseudonym import pseudonymised
from orchestration.sql_text import literal

# \w knows no umlauts in DuckDB; symbols and emoji are not letters.
_LETTER = "0-9A-Za-zÀ-῿Ⰰ-퟿"
_AT = "(?:[@＠]|%(?:25)*40)"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HEX = "[0-9A-Fa-f]{1,4}"
_BETWEEN = "(?:[ ()./-]|%20)"

EMAIL = (
    rf"[{_LETTER}.!#$%'\"*+^_`{{|}}~-]*[{_LETTER}_+'\"-]"
    rf"{_AT}[{_LETTER}-]+(?:\.[{_LETTER}-]+)+"
)
IP = (
    rf"\b{_BYTE}(?:\.{_BYTE}){{3}}\b"
    rf"|\b{_HEX}(?::{_HEX}){{7}}\b"
    rf"|\b(?:{_HEX}:){{1,7}}(?::{_HEX}){{1,6}}\b"
)
_INTERNATIONAL = rf"(?:\B\+|%2B)[1-9](?:{_BETWEEN}{{0,3}}\d){{7,14}}\b"
PHONE = "|".join(
    (
        _INTERNATIONAL,
        rf"\b00[1-9](?:{_BETWEEN}{{0,3}}\d){{8,14}}\b",
        # With an area code: 030 1234567, (0171) 123 45 67.
        r"\(?\b0[1-9]\d{1,4}\)?[ /.-]{1,3}\d(?:[ /.-]?\d){4,8}\b",
        # In pairs: 06 12 34 56 78.
        r"\b0[1-9](?:(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4})\b",
        # North American: (555) 123-4567, 555-123-4567.
        r"\([2-9]\d\d\) ?\d{3}[ .-]\d{4}\b",
        r"\b[2-9]\d\d(?:-\d{3}-|\.\d{3}\.| \d{3} )\d{4}\b",
    )
)
# In one word, 01711234567: only among words, for in an address of a page it is an article's number.
_BARE_PHONE = r"(^|[\s:;,(])0[1-9]\d{8,9}\b"
_REPLACED = {EMAIL: "[email]", IP: "[ip]", PHONE: "[phone]", _BARE_PHONE: r"\1[phone]"}
_ANY = "|".join(_REPLACED)
# An id is often a long number: of phone numbers only the unmistakable count.
_IN_ID = "|".join((EMAIL, IP, _INTERNATIONAL))
_PUNCTUATION = "'\"*_~.-+!#$%^`{|}"
RULES = (_ANY, _IN_ID)


def masked_text(value: str, suspicion: str | None = None) -> str:
    """Return SQL for a text without its addresses.

    Args:
        value: the text, an SQL expression.
        suspicion: SQL that says whether an address may stand there, such as `any_address` of all
            texts of a row; without it, the text is asked.
    """
    without = reduce(
        lambda text, rule: f"regexp_replace({text}, {', '.join(map(literal, rule))}, 'g')",
        _REPLACED.items(),
        value,
    )
    return f"case when {suspicion or holds_address(value)} then {without} else {value} end"


def masked_id(value: str) -> str:
    """Return SQL for an id (an SQL expression), a pseudonym where it holds an address."""
    hidden = f"'id-' || {pseudonymised(value, 'id')}"
    return f"case when regexp_matches({value}, {literal(_IN_ID)}) then {hidden} else {value} end"


def any_address(values: list[str]) -> str:
    """Return SQL that says whether an address stands in one of several texts (SQL expressions).

    The pattern is long: to look once at all texts of a row, a line each, is faster than at each.
    """
    return holds_address(f"concat_ws(chr(10), {', '.join(values)})") if values else "false"


def holds_address(value: str) -> str:
    """Return SQL that says whether an address stands in a text (an SQL expression)."""
    return f"regexp_matches({value}, {literal(_ANY)})"


def addresses_in(value: str) -> str:
    """Return SQL for the list of pseudonyms of all e-mail addresses and phones in a text.

    What stands before an address may belong to it or be punctuation: both are tried.
    """
    plain = f"url_decode(url_decode({value}))"
    emails = f"regexp_extract_all({plain}, {literal(EMAIL)})"
    phones = f"regexp_extract_all({plain}, {literal(f'{PHONE}|{_BARE_PHONE}')})"
    trimmed = f"ltrim(e, {literal(_PUNCTUATION)})"
    return (
        f"list_concat(list_transform({emails}, lambda e: {pseudonymised('e', 'email')}),"
        f" list_transform({emails}, lambda e: {pseudonymised(trimmed, 'email')}),"
        f" list_transform({phones}, lambda e: {pseudonymised('e', 'phone')}))"
    )


def mask(text: str) -> str:
    """Return a text without its addresses, for headers and messages."""
    for pattern, mark in _REPLACED.items():
        text = re.sub(pattern, mark, text, flags=re.ASCII)
    return text


def holds_email(text: str) -> bool:
    """Whether an e-mail address stands in a text."""
    return re.search(EMAIL, text) is not None
