-- Functions of a newer chatroom are not made older again by whoever starts an old one beside it.
ALTER TABLE chat.meta ADD made_by text NOT NULL DEFAULT '0';    -- the version of chatroom whose functions these are
