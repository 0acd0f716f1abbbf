-- Which message of its log one answers: its number.
ALTER TABLE messages ADD COLUMN re INTEGER;
ALTER TABLE reports ADD COLUMN re INTEGER;
ALTER TABLE contexts ADD COLUMN re INTEGER;
