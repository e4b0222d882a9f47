"""The job `forget_person`: carries out the requests in `data/private/forget_requests/`."""

from typing import Any

import dagster as dg

from orchestration.defs.ingestion.pulls import WITHOUT_PULLS
from orchestration.defs.privacy.procedures import forget
from orchestration.defs.resources import Pipeline
from orchestration.privacy import read_requests


@dg.op(description="Forgets everybody that a request file names, then deletes the file.")
def carry_out_requests(context: dg.OpExecutionContext) -> None:
    """The refresh takes the run lock itself, so this run must not hold it."""
    settings = Pipeline().settings
    requests = read_requests(settings.forget_requests_dir)
    context.log.info(f"{len(requests)} request files in {settings.forget_requests_dir}")

    def refresh(ops: dict[str, Any]) -> bool:
        job = context.repository_def.get_job("nightly_refresh")
        result = job.execute_in_process(
            instance=context.instance,
            raise_on_error=False,
            tags={"dagster/max_retries": "0", **WITHOUT_PULLS},
            run_config={"ops": ops},
        )
        return result.success

    for path, people in requests.items():
        for clear in people:
            forget(context.instance, clear, refresh, context.log.info)
        path.unlink()


@dg.job(
    description="Removes people from landing folder, lake, tables and run history. Who that is"
    " stands in private files, data/private/forget_requests/*.txt, with lines such as"
    " `email: ada@example.com`: a run's configuration would be kept.",
)
def forget_person() -> None:
    """Carry out the requests."""
    carry_out_requests()
