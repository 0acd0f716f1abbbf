"""How the documents become a site, by ``make docs``.

The whole tree is the source, so that every link between documents is right here and wherever else they are read.
"""

from __future__ import annotations

import re

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

import chatroom

project = "chatroom"
version = release = chatroom.__version__
root_doc = "docs/index"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
include_patterns = ["*.md", "docs/**", "newsfragments/README.md", "benchmarks/results/latest.md"]
exclude_patterns = [".*", "build", "dist"]

myst_heading_anchors = 3

nitpicky = True
# The site is built without a network, so what others document is named, and not linked.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections|datetime|ipaddress|msgspec|pathlib|twisted)\..*"),
    (r"py:class", r"(chatroom\..*\.)?[CT]"),
]

add_module_names = False
autodoc_default_options = {"members": True}
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
autodoc_type_aliases = {
    name: f"~{module}.{name}"
    for module, names in {
        "chatroom.client.states": ["Incoming", "State"],
        "chatroom.core.values.commands": ["Command"],
        "chatroom.core.values.events": ["ByeReason", "Event", "Reason", "RoomEvent"],
        "chatroom.core.values.changes": ["Change"],
        "chatroom.core.lobby": ["GotRoom"],
        "chatroom.core.ports": ["Happened"],
        "chatroom.core.values.moments": ["Moment"],
        "chatroom.core.values.replies": ["Reply"],
        "chatroom.core.values.rights": ["Role"],
        "chatroom.core.values.sanctions": ["Kind"],
        "chatroom.wire.frames.answers": ["AnyEvent", "AnyReply"],
        "chatroom.wire.frames.requests": ["AnyRequest", "Capacity", "Count", "Id", "Seconds", "Secret", "Seq", "Slow"],
        "twisted.internet.interfaces": ["IReactorCore", "IReactorTime", "IStreamClientEndpoint"],
    }.items()
    for name in names
}
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = f"chatroom {release}"
html_extra_path = ["site"]
html_copy_source = False
html_show_copyright = False

# Commands are copied without their prompts and without what they print; of talks there is nothing to copy.
copybutton_exclude = ".linenos, .gp, .go"
copybutton_selector = "div:not(.highlight-chat) > div.highlight > pre"

CONTENTS = re.compile(r"(?:^- \[[^]]*\]\(#[^)]*\)\n){3,}\n?", re.MULTILINE)
"""The contents of a document, for those who read it as it is: on the site they stand beside it."""


def tidied(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: str | None, returns: str | None
) -> object:
    """Return signatures without what only Python needs: how a ``Protocol`` is made, and what stands for an alias."""
    aliases = [text and re.sub(r"TypeAliasForwardRef\('(.*?)'\)", r"\1", text) for text in (signature, returns)]
    return ("" if signature == "(*args, **kwargs)" else aliases[0]), aliases[1]


def without_contents(app: Sphinx, document: str, source: list[str]) -> None:
    """Leave out the contents of a *document*."""
    source[0] = CONTENTS.sub("", source[0], count=1)


def setup(app: Sphinx) -> None:
    """Show the talks among the examples as they are."""
    app.add_lexer("chat", TextLexer)
    app.connect("autodoc-process-signature", tidied)
    app.connect("source-read", without_contents)
