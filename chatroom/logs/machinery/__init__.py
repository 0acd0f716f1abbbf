"""What logs run on: threads and their queues, commits of many, clocks, and how they are."""
