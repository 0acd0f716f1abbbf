"""The client from end to end, as its users see it: real servers, real terminals, what is on the screen."""

from __future__ import annotations
