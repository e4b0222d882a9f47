"""Everything Dagster: one folder per step, in the order the data moves.

Only here, in `definitions.py` and in `cli.py` is Dagster imported. A definition is a few lines
around a function of the packages above.
"""
