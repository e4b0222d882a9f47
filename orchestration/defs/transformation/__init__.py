"""The lake becomes marts, through dbt."""
