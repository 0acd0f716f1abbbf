"""The pages of the client as values: what is typed, what the server says and what is to be seen; no terminal."""

from __future__ import annotations
