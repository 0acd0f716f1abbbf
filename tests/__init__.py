"""The tests; importing this settles, for whatever runs them, which examples their properties try."""

from __future__ import annotations

from tests import examples as examples
