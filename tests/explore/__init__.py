"""Looking for new faults: all that is tried by chance, with other chances each time."""
