"""How each vendor's tool writes the story down."""

from orchestration.demo.exports import ExportFile
from orchestration.demo.model import Story
from orchestration.demo.writers import (
    experience,
    ga4,
    generic,
    meta_business_suite,
    shopify,
    typeform,
)
from orchestration.demo.writers.club import export_club

__all__ = ["export_club", "write_down"]


def write_down(story: Story) -> list[ExportFile]:
    """Return the export files of every tool, still without a defect."""
    writers = (ga4, meta_business_suite, shopify, typeform, generic, experience)
    return [file for writer in writers for file in writer.export(story)]
