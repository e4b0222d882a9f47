"""The page: static files made from the published tables. No Dagster, no server, no network."""

from orchestration.dashboard.site import Site, build_site

__all__ = ["Site", "build_site"]
