"""What pyproject.toml can't say of the project: how a package index shows its README."""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import setup


def index_page() -> str:
    """Return the README without its picture and its links to files, which a package index does not have beside it."""
    readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    without_pictures = re.sub(r"^!\[[^]]*\]\((?!https:)[^)]*\)\n\n", "", readme, flags=re.MULTILINE)
    return re.sub(r"\[([^]]*)\]\((?!https:)[^)]*\)", r"\1", without_pictures)


setup(long_description=index_page(), long_description_content_type="text/markdown")
