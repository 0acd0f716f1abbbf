"""What the chat room server is called, needs and consists of; pyproject.toml sets up the tools."""

from __future__ import annotations

import re
from pathlib import Path
from runpy import run_path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent


def index_page() -> str:
    """Return the README without its picture and its links to files, which a package index does not have beside it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    without_pictures = re.sub(r"^!\[[^]]*\]\((?!https:)[^)]*\)\n\n", "", readme, flags=re.MULTILINE)
    return re.sub(r"\[([^]]*)\]\((?!https:)[^)]*\)", r"\1", without_pictures)


setup(
    name="chatroom",
    version=run_path(str(ROOT / "chatroom" / "__init__.py"))["__version__"],
    description="A chat room server for people who live in terminals, and for their programs",
    long_description=index_page(),
    long_description_content_type="text/markdown",
    author="the chatroom authors",
    maintainer="the chatroom authors",
    license_expression="MIT",
    license_files=["LICENSE"],
    keywords=["chat", "server", "terminal", "twisted"],
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Environment :: Console",
        "Environment :: No Input/Output (Daemon)",
        "Framework :: Twisted",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Operating System :: MacOS",
        "Operating System :: POSIX",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: 3.14",
        "Topic :: Communications :: Chat",
        "Typing :: Typed",
    ],
    python_requires=">=3.11",
    install_requires=[
        "msgspec>=0.20",
        "precis-i18n>=1.1.2",
        "regex>=2025.10.23",
        "twisted>=26.4",
        "typing_extensions>=4.13.2",
    ],
    extras_require={
        "bench": ["matplotlib>=3.10"],
        # platformdirs knows where programs keep their configuration, on every platform.
        "client": ["platformdirs>=4.0", "urwid>=5.0.1"],
        "tls": ["twisted[tls]>=26.4"],
        "metrics": ["prometheus-client>=0.22"],
        "docs": ["furo>=2025.12.19", "myst-parser>=5,<6", "sphinx>=9,<10", "sphinx-copybutton>=0.5.2"],
        # Checkers are held to a series: what a new one finds shall not fail a change that has nothing to do with it.
        "dev": [
            "build>=1.3",
            "confusable-homoglyphs>=3.3.1",
            "hypothesis>=6.140",
            "import-linter>=2.5,<3",
            "jsonschema>=4.25",
            "mypy>=2.4,<2.5",
            "mypy-zope>=1.0.17",
            "platformdirs>=4.0",
            "prometheus-client>=0.22",
            "pyte>=0.8.2",
            "pytest>=9.0,<10",
            "pytest-twisted>=1.14.3",
            # Most of the tests' time is waiting, which several of them can do at once.
            "pytest-xdist>=3.8",
            "ruff>=0.17.5,<0.18",
            "setuptools>=77",
            "towncrier>=25.8",
            "twisted[tls]>=26.4",
            "types-jsonschema>=4.25",
            "types-regex>=2025.9.1",
            "urwid>=5.0.1",
            "wcwidth>=0.2.13",
        ],
    },
    # The root is named because editable installs then put it on the path as it is, where twistd finds twisted/plugins.
    package_dir={"": "."},
    # twisted.plugins has no __init__.py: it adds one file to Twisted's own package.
    packages=[*find_packages(include=["chatroom", "chatroom.*"]), "twisted.plugins"],
    entry_points={
        "console_scripts": [
            "chatroom = chatroom.__main__:main",
            "chatroom-admin = chatroom.admin:main",
            "chatroom-urwid = chatroom.client.main:main",
        ],
    },
    package_data={"chatroom": ["py.typed", "**/*.sql"]},
    # pip puts it below the environment, where man looks if the environment's bin is on the PATH.
    data_files=[("share/man/man1", ["docs/man/chatroom.1", "docs/man/chatroom-urwid.1", "docs/man/twistd-chatroom.1"])],
    zip_safe=False,
)
