-- The secret by which cloaks are made: of SQLite's own randomness, which the system's has begun.
INSERT INTO meta VALUES ('cloaks', randomblob(32));
