"""Contract → typed Parquet, rejected rows and a ledger. No Dagster, no business rules."""
