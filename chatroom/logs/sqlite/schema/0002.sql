-- Parts of the index are put together in steps of our own, so that nobody who speaks has to wait for a large one.
INSERT INTO words (words, rank) VALUES ('automerge', 0);
