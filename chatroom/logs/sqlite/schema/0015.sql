-- When a log was begun, and who set the topic when, in milliseconds since 1970; 0 where that is not known.
ALTER TABLE logs ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
ALTER TABLE logs ADD COLUMN topic_by TEXT;
ALTER TABLE logs ADD COLUMN topic_at INTEGER NOT NULL DEFAULT 0;
