"""The words of a text and of a query, cut in one way for every log."""
