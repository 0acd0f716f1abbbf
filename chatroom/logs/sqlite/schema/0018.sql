-- Who gets an account is known by it in all rooms from then on: what they have a right or a sanction in is found by them.
CREATE INDEX logs_owner ON logs (owner) WHERE owner IS NOT NULL;
CREATE INDEX moderators_person ON moderators (person);
CREATE INDEX voiced_person ON voiced (person);
CREATE INDEX admitted_person ON admitted (person);
CREATE INDEX sanctions_person ON sanctions (person);
