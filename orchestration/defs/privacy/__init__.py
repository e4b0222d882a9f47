"""Forgetting people and rotating the pseudonym key, around the refresh that rebuilds the tables."""
