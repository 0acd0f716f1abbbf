"""What connections asked and were sent in a run, and what of it breaks a promise: plain values and a pure judge."""
