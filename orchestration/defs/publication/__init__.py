"""Marts become the published file, with its page and its exports."""
