-- The index of the search keeps each word that it has had, though no message is left that has it; only to make it anew ends
-- that. Of the changes that took messages back so many were before that was done last (*reindexed*), which somebody began at
-- a time (*reindex*), and which took so many milliseconds (*reindexing*).
ALTER TABLE chat.meta
    ADD COLUMN reindexed bigint NOT NULL DEFAULT 0,
    ADD COLUMN reindex bigint NOT NULL DEFAULT 0,
    ADD COLUMN reindexing bigint NOT NULL DEFAULT 0;
