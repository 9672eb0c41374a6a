-- Plans edited by hand and made anew during the day: frozen problems, versions, the dispatcher's word.

ALTER TABLE plans
    ADD COLUMN wishes JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN base_plan_id UUID;

ALTER TABLE plans DROP CONSTRAINT ck_plans_state;
ALTER TABLE plans DROP CONSTRAINT ck_plans_origin;
ALTER TABLE plans
    ADD CONSTRAINT ck_plans_state CHECK
        (state IN ('queued','running','draft','published','failed','superseded','cancelled','applied')),
    ADD CONSTRAINT ck_plans_origin CHECK (origin IN ('dispatcher','automatic','replan')),
    ADD CONSTRAINT ck_plans_base_plan CHECK ((origin = 'replan') = (base_plan_id IS NOT NULL));

CREATE TABLE plan_problems (
    province_code TEXT NOT NULL,
    plan_id UUID NOT NULL,
    content BYTEA NOT NULL,
    estimated BOOLEAN NOT NULL,
    CONSTRAINT pk_plan_problems PRIMARY KEY (province_code, plan_id),
    CONSTRAINT fk_plan_problems_province_code_plan_id FOREIGN KEY (province_code, plan_id)
        REFERENCES plans (province_code, id) ON DELETE CASCADE
);

-- Compressed already.
ALTER TABLE plan_problems ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE plan_versions (
    province_code TEXT NOT NULL,
    plan_id UUID NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    concerns INTEGER NOT NULL,
    command TEXT NOT NULL,
    details JSONB NOT NULL,
    changes JSONB NOT NULL,
    difference JSONB NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by TEXT NOT NULL,
    CONSTRAINT pk_plan_versions PRIMARY KEY (province_code, plan_id, version),
    CONSTRAINT ck_plan_versions_kind CHECK (kind IN ('edit','undo','redo','replan')),
    CONSTRAINT fk_plan_versions_province_code_plan_id FOREIGN KEY (province_code, plan_id)
        REFERENCES plans (province_code, id) ON DELETE CASCADE
);
