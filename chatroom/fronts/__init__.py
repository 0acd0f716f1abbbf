"""The ways in: Twisted protocols that frame bytes and decide nothing."""
