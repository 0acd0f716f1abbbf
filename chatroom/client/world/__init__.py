"""The world around the client: files, other programs, and calls for somebody who looks elsewhere."""
