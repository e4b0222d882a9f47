"""When demo data may be written, and how it is taken away: never beside or over real data."""

import json
import shutil
from pathlib import Path

from orchestration.settings import Settings, SettingsError


def landed(settings: Settings) -> set[str]:
    """Files in the landing folder, as paths below it; hidden ones do not count."""
    root = settings.landing_dir
    files = (path for path in root.rglob("*") if path.is_file() and path.name[0] != ".")
    return {path.relative_to(root).as_posix() for path in files}


def taken_in(settings: Settings) -> set[str]:
    """Files that the lake holds, as paths below the landing folder."""
    if not settings.ledger_file.exists():
        return set()
    from orchestration.ingestion import Ledger

    return {
        f"{delivery['source']}/{delivery['entity']}/{delivery['file']}"
        for delivery in Ledger(settings.ledger_file).deliveries()
    }


def write(settings: Settings, days: int, people: int, seed: int) -> Path:
    """Write demo data into an empty landing folder over an empty lake.

    Returns:
        The file with the truth that was planted.

    Raises:
        SettingsError: there is data already.
    """
    from orchestration.demo import write_demo

    if already := sorted(landed(settings) | taken_in(settings)):
        raise SettingsError(
            f"there is data already ({len(already)} files, such as {already[0]}); demo data is"
            " not mixed with it. Use another folder: FUNNEL_DATA_DIR=/path funnel demo"
        )
    write_demo(settings.landing_dir, settings.demo_truth, days=days, people=people, seed=seed)
    settings.demo_list.write_text(json.dumps(sorted(landed(settings)), indent=1))
    return settings.demo_truth


def remove(settings: Settings) -> int:
    """Delete the demo's files and all that was made of them.

    Returns:
        How many landed files were deleted.

    Raises:
        SettingsError: there is no demo, or there is data that is not the demo's.
    """
    if not settings.demo_list.exists():
        raise SettingsError(f"{settings.data_dir} holds no demo data")
    demo = set(json.loads(settings.demo_list.read_text()))
    if foreign := sorted((landed(settings) | taken_in(settings)) - demo):
        raise SettingsError(
            f"{len(foreign)} files are not the demo's, such as {foreign[0]}; nothing was deleted."
            " Move them out of the landing folder, and where they have been loaded already, start"
            " a new data folder with FUNNEL_DATA_DIR"
        )
    for name in demo:
        (settings.landing_dir / name).unlink(missing_ok=True)
    _remove_empty_folders(settings.landing_dir)
    made = (settings.lake_dir, settings.warehouse_file.parent, settings.published_dir)
    for folder in filter(Path.exists, made):
        shutil.rmtree(folder)
    settings.demo_truth.unlink(missing_ok=True)
    settings.demo_list.unlink()
    return len(demo)


def _remove_empty_folders(root: Path) -> None:
    """Leave no folder below this one that holds nothing."""
    for folder in sorted(root.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
