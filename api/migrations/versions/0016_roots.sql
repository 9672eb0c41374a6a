-- Daily signed roots over all chains and files; what binds a proof's and a file's row to the chain.

ALTER TABLE proofs
    ADD COLUMN personal_salt TEXT,
    ADD COLUMN personal_hash TEXT;

ALTER TABLE proof_files
    ADD COLUMN record TEXT;

CREATE TABLE root_leaves (
    province_code TEXT NOT NULL,
    day DATE NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_root_leaves PRIMARY KEY (province_code, day, position),
    CONSTRAINT ck_root_leaves_kind CHECK (kind IN ('chain', 'file'))
);

CREATE INDEX ix_root_leaves_subject ON root_leaves (province_code, subject, seq);

CREATE TABLE daily_roots (
    province_code TEXT NOT NULL,
    day DATE NOT NULL,
    count INTEGER NOT NULL,
    root TEXT NOT NULL,
    previous TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    key_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT pk_daily_roots PRIMARY KEY (province_code, day)
);

CREATE TRIGGER root_leaves_append_only BEFORE UPDATE OR DELETE ON root_leaves
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();
CREATE TRIGGER daily_roots_append_only BEFORE UPDATE OR DELETE ON daily_roots
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();
