"""The sections of the page, in the order of the funnel."""

from orchestration.dashboard.sections.brand import BRAND
from orchestration.dashboard.sections.customer import CUSTOMER
from orchestration.dashboard.sections.experience import EXPERIENCE
from orchestration.dashboard.sections.journey import JOURNEY
from orchestration.dashboard.sections.quality import QUALITY

STAGES = (BRAND, CUSTOMER, EXPERIENCE, JOURNEY)
SECTIONS = (*STAGES, QUALITY)

__all__ = ["SECTIONS", "STAGES"]
