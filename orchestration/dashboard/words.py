"""Sentences and numbers in the page's two languages."""

from dataclasses import dataclass

LANGUAGES = ("en", "de")


@dataclass(frozen=True)
class Text:
    """The same in English and in German."""

    en: str
    de: str


@dataclass(frozen=True)
class Number:
    """A value with its unit, as people of a language write it."""

    value: float | None
    unit: str = ""  # "%", " pts", … stands behind the number as it is
    decimals: int = 0
    signed: bool = False

    def said(self, language: str) -> str:
        """Return the number in a language's digits; a dash where there is none."""
        if self.value is None:
            return "–"
        sign = "+" if self.signed and self.value > 0 else ""
        text = f"{sign}{self.value:,.{self.decimals}f}".replace("-", "\N{MINUS SIGN}")
        if language == "de":
            text = text.translate(str.maketrans(",.", ".,"))
        return text + self.unit


def say(en: str, de: str, **values: Number | Text | str) -> Text:
    """Fill the same values into both sentences, each in its own way of writing them."""
    return Text(
        *(
            sentence.format(**{name: _said(value, i) for name, value in values.items()})
            for i, sentence in enumerate((en, de))
        )
    )


def _said(value: Number | Text | str, language: int) -> str:
    if isinstance(value, Number):
        return value.said(LANGUAGES[language])
    return (value.en, value.de)[language] if isinstance(value, Text) else value
