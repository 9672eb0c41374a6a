-- Both have constant defaults: no row is written.

ALTER TABLE plans ADD COLUMN best_terms jsonb NOT NULL DEFAULT '{}';
ALTER TABLE plans ADD COLUMN enough boolean NOT NULL DEFAULT false;
