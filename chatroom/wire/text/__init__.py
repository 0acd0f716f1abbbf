"""The dialect of people: a table of commands to read, and sentences to write."""
