-- Constant defaults: no row is written. Who was a courier before may go on doing what he did.

ALTER TABLE couriers ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
ALTER TABLE couriers ADD COLUMN in_person boolean NOT NULL DEFAULT true;
ALTER TABLE couriers ADD COLUMN breaks jsonb NOT NULL DEFAULT '[]';
ALTER TABLE couriers ADD COLUMN overtime_until time;
ALTER TABLE couriers ADD COLUMN reload_minutes integer NOT NULL DEFAULT 0;
ALTER TABLE procedure_rules ADD COLUMN skill text NOT NULL DEFAULT '';
