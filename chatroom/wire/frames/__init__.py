"""The dialect of programs: one JSON object a line, of a shape for each request, reply and event."""
