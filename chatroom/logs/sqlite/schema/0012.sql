-- What a message is: 0 of text, 1 of an action, as it was before, and 2 of a notice.
ALTER TABLE messages RENAME COLUMN action TO kind;
ALTER TABLE reports RENAME COLUMN action TO kind;
ALTER TABLE contexts RENAME COLUMN action TO kind;
