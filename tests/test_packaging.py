"""However the project is installed, twistd finds its plugin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest
import twisted

from chatroom import __version__

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[1]
MADE = (
    ".git",
    ".venv*",
    ".hypothesis",
    ".*_cache",
    "__pycache__",
    "build",
    "dist",
    "*.egg-info",
    "dropin.cache",
    "_trial_temp*",
    "chatroom.sqlite*",
    "latest.json",
)
PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")


def run(*command: str | Path, cwd: Path) -> str:
    """Return what *command* prints; it has to succeed soon, and is not told of Python's settings out here."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CHATROOM"))}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def copy_project(to: Path) -> Path:
    """Copy the tree without what was made in it: builds leave files behind, and other tests may run beside this one."""
    return Path(shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(*MADE)))


def files(folder: Path) -> set[str]:
    """Return the files below *folder*, as they are called seen from where *folder* is."""
    return {path.relative_to(folder.parent).as_posix() for path in folder.rglob("*") if path.is_file()}


class Environment:
    """A virtual environment without a network: it has a copy of Twisted and reads the rest from where the tests run."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True)
        self.python = folder / "bin" / "python"
        self.packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
        # A copy, for the plugin is to land in Twisted's own folder; without plugins that came from elsewhere.
        others = shutil.ignore_patterns("test", "chatroom_plugin.py", "dropin.cache")
        shutil.copytree(Path(twisted.__file__).parent, self.packages / "twisted", ignore=others)
        outside = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (self.packages / "outside.pth").write_text("\n".join(sorted(outside)), encoding="utf-8")
        self.twistd = folder / "bin" / "twistd"
        self.twistd.write_text("from twisted.scripts.twistd import run\n\nrun()\n", encoding="utf-8")
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()

    def run(self, *arguments: str | Path) -> str:
        """Return what Python prints, in an empty working directory."""
        return run(self.python, *arguments, cwd=self.elsewhere)

    def origin(self, module: str) -> Path:
        """Return the file that *module* is imported from."""
        return Path(self.run("-c", f"import {module}; print({module}.__file__)").strip())


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an sdist and the wheel that ``build`` made from it."""
    folder = tmp_path_factory.mktemp("archives")
    project = copy_project(folder / "project")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, project, cwd=folder)
    return folder


@pytest.mark.parametrize("kind", ["tree", "editable", "wheel", "sdist"])
def test_twistd_has_a_chatroom_however_it_was_installed(kind: str, archives: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    environment = Environment(tmp_path / "environment")
    match kind:
        case "tree":
            environment.run(*PIP_INSTALL, project)
        case "editable":
            environment.run(*PIP_INSTALL, "--editable", project)
        case "wheel":
            environment.run(*PIP_INSTALL, *archives.glob("*.whl"))
        case "sdist":
            environment.run(*PIP_INSTALL, *archives.glob("*.tar.gz"))

    assert re.search(r"^ +chatroom +A chat room server", environment.run(environment.twistd, "--help"), re.MULTILINE)
    assert "--port" in environment.run(environment.twistd, "chatroom", "--help")

    for command in ((environment.python.with_name("chatroom"),), ("-m", "chatroom")):
        assert environment.run(*command, "--version") == f"chatroom {__version__}\n"

    home = project if kind == "editable" else environment.packages
    assert environment.origin("chatroom") == home / "chatroom" / "__init__.py"
    assert environment.origin("twisted.plugins.chatroom_plugin") == home / "twisted" / "plugins" / "chatroom_plugin.py"


def test_nobody_is_advised_to_install_what_others_may_publish_under_our_name() -> None:
    sources = [*(ROOT / "chatroom").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    assert [path for path in sources if re.search(r"install.*[ '\"]chatroom\[", path.read_text(encoding="utf-8"))] == []


def test_the_wheel_holds_the_package_and_one_plugin_and_nothing_of_twisted(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    with ZipFile(wheel) as archive:
        everything = {name for name in archive.namelist() if ".dist-info/" not in name}
    pages = {name for name in everything if ".data/data/share/man/" in name}
    names = everything - pages
    assert names == files(archives / "project" / "chatroom") | {"twisted/plugins/chatroom_plugin.py"}
    assert "chatroom/py.typed" in names
    assert {name.partition("/man/")[2] for name in pages} == {
        "man1/chatroom.1",
        "man1/chatroom-admin.1",
        "man1/chatroom-urwid.1",
        "man1/twistd-chatroom.1",
    }


def test_the_wheel_is_as_large_as_the_manual_says(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    manual = (archives / "project" / "docs" / "starting.md").read_text(encoding="utf-8")
    [size] = re.findall(r"^\| the wheel \| ([\d.]+) MB ", manual, flags=re.MULTILINE)
    assert wheel.stat().st_size / 1e6 == pytest.approx(float(size), abs=0.15)


@pytest.fixture(scope="module")
def unpacked(archives: Path) -> Path:
    """Return the folder that the sdist becomes."""
    (sdist,) = archives.glob("*.tar.gz")
    (archives / "unpacked").mkdir()
    subprocess.run(["tar", "-xf", sdist, "-C", archives / "unpacked"], timeout=100, check=True)
    (folder,) = (archives / "unpacked").iterdir()
    return folder


def test_the_sdist_holds_everything_but_what_is_git_s(archives: Path, unpacked: Path) -> None:
    project = archives / "project"
    there = {name.partition("/")[2] for name in files(unpacked)}
    assert there >= {name.partition("/")[2] for name in files(project)} - {".gitignore"}


def test_the_sdist_can_run_its_tests(unpacked: Path) -> None:
    where = run(sys.executable, "-c", "import chatroom; print(chatroom.__file__)", cwd=unpacked)
    assert Path(where.strip()).is_relative_to(unpacked)
    # A few, which read what lies around, and import it.
    few = ["tests/test_contrib.py", "tests/test_site.py", "tests/options", "tests/tools/test_manual.py"]
    assert " passed" in run(sys.executable, "-m", "pytest", "-q", *few, cwd=unpacked)
    run(sys.executable, "-m", "pytest", "-q", "--collect-only", "tests/test_benchmarks.py", cwd=unpacked)


def test_what_a_package_index_shows_of_it_leads_nowhere_wrong(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    with ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(archive.read(name))
    page = metadata.get_payload()
    assert isinstance(page, str)
    assert page.startswith("# chatroom\n")
    links = re.findall(r"\]\(([^)]*)\)", page)
    assert not [link for link in links if not link.startswith("https://")]
    assert "docs/protocol.md" in page
    assert "![" not in page
    assert metadata["Maintainer"]
    assert metadata.get_all("License-File") == ["LICENSE"]
    classifiers = {*metadata.get_all("Classifier", [])}
    assert classifiers >= {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)}
    assert classifiers >= {"Operating System :: POSIX :: Linux", "Operating System :: MacOS"}
