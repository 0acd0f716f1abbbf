"""Words of messages and queries, tokenized in one way for every log."""
