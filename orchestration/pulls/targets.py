"""Whether the contracts can read what the pulls land."""

from collections.abc import Mapping

from orchestration.ingestion import Contract
from orchestration.pulls.declaration import Pull
from orchestration.pulls.errors import PullError


def check_targets(pulls: Mapping[str, Pull], contracts: Mapping[str, Contract]) -> None:
    """Refuse pulls into folders that no contract reads Parquet from.

    Args:
        pulls: the enabled pulls by name.
        contracts: all contracts by source.

    Raises:
        PullError: the message names the pull and what to add.
    """
    for pull in pulls.values():
        source, entity = pull.target.split("/")
        said = contracts[source].entities.get(entity) if source in contracts else None
        if said is None:
            raise PullError(
                f"pull {pull.name}: no contract has {pull.target}; mend `target`, or write the"
                " contract (CONTRIBUTING.md)"
            )
        if "*.parquet" not in said.files:
            raise PullError(
                f"pull {pull.name}: the contract of {pull.target} reads {', '.join(said.files)};"
                ' add "*.parquet" to its `files`'
            )
