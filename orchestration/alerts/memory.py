"""What has been told already: a stale entity once a day, and anew when it had recovered."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.alerts.alert import stale
from orchestration.alerts.channels import send
from orchestration.files import replace_durably
from orchestration.settings import Settings

_PAUSE = timedelta(days=1)


def send_once_a_day(
    findings: Mapping[str, str], settings: Settings, now: datetime | None = None
) -> list[str]:
    """Send one alert of the stale entities that were not told within a day.

    An entity that is not among them any more is forgotten: stale again, it is told at once.
    What no channel took is tried again the next time.

    Args:
        findings: what was found of each entity that is stale now, by its name.
        settings: channels, and the file of what was told.
        now: the moment; by default the present.

    Returns:
        One sentence per channel that could not be reached.
    """
    now = now or datetime.now(UTC)
    told = _read(settings.alert_memory)
    remembered = {name: moment for name, moment in told.items() if name in findings}
    due = [n for n in findings if n not in remembered or now - remembered[n] >= _PAUSE]
    problems = []
    if due:
        problems = send(stale([f"{name}: {findings[name]}" for name in due]), settings)
        channels = [channel for channel in (settings.alert_webhook, settings.alert_mail) if channel]
        if len(problems) < len(channels):
            remembered |= dict.fromkeys(due, now)
    if remembered != told:
        _write(settings.alert_memory, remembered)
    return problems


def _read(path: Path) -> dict[str, datetime]:
    """What was told; a memory that cannot be read costs one alert too many."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {name: datetime.fromisoformat(moment) for name, moment in told.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write(path: Path, told: dict[str, datetime]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({name: moment.isoformat() for name, moment in told.items()}))
    replace_durably(partial, path)
