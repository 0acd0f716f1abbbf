-- What is looked for at every end of a session, and each minute, is found without reading everything.
CREATE INDEX ON chat.users (reserved) WHERE reserved IS NOT NULL;
CREATE INDEX ON chat.sanctions (until) WHERE until IS NOT NULL;
CREATE INDEX ON chat.mail (at);
CREATE INDEX ON chat.ignored (account);
