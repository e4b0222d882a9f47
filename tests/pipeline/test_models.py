"""What `funnel models` writes of the demo: pages and a picture that need nothing but themselves."""

import base64
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.builders import Workshop

pytestmark = pytest.mark.slow

FUNNEL = str(Path(sys.executable).with_name("funnel"))


def test_the_models_are_documented_and_the_joined_tables_drawn(demo: Workshop) -> None:
    done = subprocess.run(
        [FUNNEL, "models"],
        env={**os.environ, "FUNNEL_DATA_DIR": str(demo.data)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    documents = [Path(line) for line in done.stdout.splitlines()[1:]]
    models, lineage, tables = documents
    assert "int_activities" in models.read_text(encoding="utf-8")
    packed = re.findall(r'"([A-Za-z0-9+/=]{1000,})"', lineage.read_text(encoding="utf-8"))
    assert b"net_reporting_amount" in base64.b64decode(max(packed, key=len))
    page = (demo.settings.published_dir / "dashboard" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="\.\./([a-z]+\.[a-z]+)"', page) == [d.name for d in documents]
    words = {text.strip() for text in ET.parse(tables).getroot().itertext()}
    assert {"customer_engagement.orders", "customer_experience.feedback_topics"} <= words
    assert {"person_id", "order_id", "feedback_id", "decimal(18,4)"} <= words
