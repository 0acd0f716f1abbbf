"""The screens of the client as states: they take what is typed and said, and give views; no terminal."""

from __future__ import annotations
