"""What the documents quote is what the code says."""

import re

from orchestration.settings import ROOT

CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "orchestration").rglob("*.py"))
)  # fmt: skip
# Neighbouring string literals are one sentence.
SAID = re.sub(r'"\s*\n\s*f?r?"', "", CODE)


def messages() -> list[str]:
    """Quoted messages: the first cell of each row of the tables."""
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[^|]*) \|", text, flags=re.M)
    return [quoted for cell in cells for quoted in re.findall(r"`([^`]+)`", cell)]


def test_every_message_in_troubleshooting_is_one_that_the_code_gives() -> None:
    assert len(messages()) > 50
    said = SAID.replace("`", "")
    for message in messages():
        for part in re.split(r"…|check (?=\w+ failed)|(?<=\w) failed", message):
            words = part.strip(" ;:,./()")
            assert words in said, f"{message}: nothing says {words!r}"


def test_every_command_is_in_readme_or_operations() -> None:
    from orchestration.cli import app

    names = [
        command.name or (command.callback.__name__.replace("_", "-") if command.callback else "")
        for command in app.registered_commands
    ]
    text = (ROOT / "README.md").read_text() + (ROOT / "docs" / "operations.md").read_text()
    for name in names:
        assert f"funnel {name}" in text or f"make {name}" in text, name
