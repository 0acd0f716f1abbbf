"""Accounts: who has one, what it is known by, and how often somebody may guess."""
