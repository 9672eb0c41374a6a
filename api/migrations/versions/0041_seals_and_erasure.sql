-- A bag whose seal is not the one it was closed under is an incident of its own kind, with both numbers.

ALTER TABLE incidents ADD COLUMN seal_expected TEXT;
ALTER TABLE incidents ADD COLUMN seal_found TEXT;
ALTER TABLE incidents ADD COLUMN seal_broken BOOLEAN;

ALTER TABLE incidents DROP CONSTRAINT ck_incidents_kind;
ALTER TABLE incidents ADD CONSTRAINT ck_incidents_kind CHECK (kind IN ('count_differs', 'papers_differ', 'cash_differs', 'item_lost', 'seal_differs')) NOT VALID;
ALTER TABLE incidents VALIDATE CONSTRAINT ck_incidents_kind;

-- Whose personal data was erased by retention, until the files have followed.

CREATE TABLE erasures (
	province_code TEXT NOT NULL,
	item_id UUID NOT NULL,
	erased_at TIMESTAMP WITH TIME ZONE NOT NULL,
	files_gone_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_erasures PRIMARY KEY (province_code, item_id)
);

CREATE INDEX ix_erasures_files ON erasures (erased_at) WHERE files_gone_at IS NULL;
