"""The published tables as files, made anew with each published version."""
