-- A paper that nobody can find is an incident of its own kind.

ALTER TABLE incidents DROP CONSTRAINT ck_incidents_kind;
ALTER TABLE incidents ADD CONSTRAINT ck_incidents_kind CHECK (kind IN ('count_differs', 'papers_differ', 'cash_differs', 'item_lost')) NOT VALID;
ALTER TABLE incidents VALIDATE CONSTRAINT ck_incidents_kind;
