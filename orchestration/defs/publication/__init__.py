"""Marts become the published file."""
