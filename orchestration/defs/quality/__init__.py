"""Gates and their results."""
