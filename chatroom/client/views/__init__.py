"""What is to be seen, as frozen values: made by screens, drawn by the drawing."""

from __future__ import annotations
