"""The wire: commands and events as bytes, in text for people and in frames for programs."""
