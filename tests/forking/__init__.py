"""Programs of ours, started by forking a process that has imported them: what a test costs is mostly imports."""
