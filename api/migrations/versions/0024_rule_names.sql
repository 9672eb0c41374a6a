-- Procedures as an administrator wrote them, beside the folded form they are found by.

ALTER TABLE procedure_rules ADD COLUMN written TEXT;
UPDATE procedure_rules SET written = procedure;
ALTER TABLE procedure_rules ALTER COLUMN written SET NOT NULL;
