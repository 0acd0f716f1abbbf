-- Functions are no part of a migration: as they are now they stand in functions.sql, and whoever finds others makes them anew.
ALTER TABLE chat.meta ADD functions text NOT NULL DEFAULT '';   -- the SHA-256 of that file

-- A node that has ended and knew more signs of life than it had given by then has been told what is lost. Of those that
-- ended before, it is not known: as many as there can be.
ALTER TABLE chat.dead ADD beat bigint NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE chat.dead ALTER beat DROP DEFAULT;
