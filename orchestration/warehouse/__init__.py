"""The private warehouse of a run and the published copy. No Dagster."""
