-- Functions are no part of a migration: as they are now they stand in functions.sql, and whoever finds others makes them anew.
ALTER TABLE chat.meta ADD functions text NOT NULL DEFAULT '';   -- the SHA-256 of that file
