-- A private room is two things: nobody comes in who is not invited, and it is in the lists of some alone.
ALTER TABLE logs RENAME COLUMN private TO invite_only;
ALTER TABLE logs ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
UPDATE logs SET hidden = invite_only;

ALTER TABLE logs ADD COLUMN topic_locked INTEGER NOT NULL DEFAULT 0; -- whether only those who moderate set the topic
ALTER TABLE logs ADD COLUMN password TEXT NOT NULL DEFAULT '';       -- the key that one needs to come in, or ''
