"""What can mean nobody but a person, and whether it stands in a text or in bytes."""

import re
from dataclasses import dataclass

from orchestration.privacy.person import Person, bounded


@dataclass(frozen=True)
class Mentions:
    """A pattern, and small letters of which some stand in whatever the pattern finds.

    Looking for the letters first is hundreds of times faster. None where there are none: a
    telephone number may have anything between its digits.
    """

    pattern: re.Pattern[str]
    letters: tuple[str, ...] | None = None

    @classmethod
    def of(cls, person: Person) -> "Mentions":
        """Return what can mean nobody but the person."""
        parts = [*sorted(person.pseudonyms), *person.telling]
        if person.clear.kind == "email":
            address = re.escape(person.clear.value.strip())
            parts.append(bounded(address.replace("@", "(?:@|%(?:25)*40)")))
        pattern = re.compile("|".join(parts) or r"[^\s\S]", re.IGNORECASE)
        return cls(pattern, _letters(person))

    def in_text(self, text: str) -> bool:
        """Whether some of it stands in a text."""
        if self.letters is not None:
            small = text.lower()
            if not any(part in small for part in self.letters):
                return False
        return self.pattern.search(text) is not None

    def in_bytes(self, block: bytes) -> bool:
        """Whether some of it stands in bytes, read as UTF-8 or UTF-16."""
        if self.letters is not None:
            small = block.lower()
            forms = (part.encode(form) for part in self.letters for form in ("utf-8", "utf-16-le"))
            if not any(form in small for form in forms):
                return False
        texts = (
            block.decode("utf-8", "ignore"),
            block.decode("utf-16-le", "ignore"),
            block[1:].decode("utf-16-le", "ignore"),
        )
        return any(map(self.pattern.search, texts))


def _letters(person: Person) -> tuple[str, ...] | None:
    parts = [*person.pseudonyms, *person.distinctive_ids]
    match person.clear.kind:
        case "email":
            address = person.clear.value.strip()
            parts += [address, "40" + address.partition("@")[2]]  # %40 stands for the @
        case "name":
            parts.append(person.clear.value.split()[0])
        case "phone":
            return None
        case _:
            pass
    small = tuple(part.lower() for part in parts)
    return small if all(part and part.isascii() for part in small) else None
