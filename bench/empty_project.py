"""A Dagster project with nothing in it: what Dagster alone takes to load and to run."""

import dagster as dg


@dg.asset
def nothing() -> None:
    """Does nothing."""


defs = dg.Definitions(assets=[nothing], executor=dg.in_process_executor)

if __name__ == "__main__":
    with dg.DagsterInstance.get() as instance:
        defs.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance)
