"""Visitors: their requests, the rules for these, and the commands that carry them out."""
