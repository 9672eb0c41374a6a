-- Endpoints in the form of VietOpenCPS, and the code by which such a system knows a dossier.

ALTER TABLE feedback_endpoints
    ADD COLUMN kind TEXT DEFAULT 'webhook' NOT NULL,
    ADD COLUMN group_id TEXT,
    ADD CONSTRAINT ck_feedback_endpoints_kind CHECK (kind IN ('webhook', 'opencps')) NOT VALID;

ALTER TABLE feedback_endpoints VALIDATE CONSTRAINT ck_feedback_endpoints_kind;

ALTER TABLE dossiers ADD COLUMN receipt_code TEXT;
