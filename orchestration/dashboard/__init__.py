"""The page: static files made from the published tables. No Dagster, no server, no network."""

from orchestration.dashboard.sections import SECTIONS
from orchestration.dashboard.site import Site, build_site, is_up_to_date

__all__ = ["SECTIONS", "Site", "build_site", "is_up_to_date"]
