-- Whoever came in by the key of a room may read it as long as that is its key. How often that was changed is counted: those
-- who have come in until now would have to give it again.
ALTER TABLE logs ADD COLUMN keys INTEGER NOT NULL DEFAULT 0;
UPDATE logs SET keys = 1 WHERE password <> '';

-- The count as of the key that they gave last; 0 without one.
ALTER TABLE follows ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;
