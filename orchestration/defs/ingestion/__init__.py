"""Landed files become raw assets."""
