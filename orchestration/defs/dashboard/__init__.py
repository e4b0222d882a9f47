"""The page, made anew with each published version."""
