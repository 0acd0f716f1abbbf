"""How commands and events are written: text for people, frames for programs."""
