-- Sanctions may be on a mask of who people are to others, in place of somebody.
ALTER TABLE sanctions ADD COLUMN mask TEXT NOT NULL DEFAULT '';
