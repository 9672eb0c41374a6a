-- Every change of hands, with its incidents, transfers and ends of rounds; the whole life cycle of items.

ALTER TABLE items
    ADD COLUMN received_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN to_office_id UUID,
    ADD COLUMN bagged_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN invitations INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN invited_on DATE,
    DROP CONSTRAINT ck_items_status,
    ADD CONSTRAINT ck_items_status CHECK (status IN ('accepted', 'ready', 'planned', 'out', 'delivered', 'attempt_failed', 'held', 'forwarded', 'returning', 'returned', 'collected', 'handed_in', 'lost')) NOT VALID;

ALTER TABLE items VALIDATE CONSTRAINT ck_items_status;

CREATE INDEX ix_items_coming ON items (province_code, to_office_id) WHERE to_office_id IS NOT NULL;

ALTER TABLE proofs
    ADD COLUMN checklist JSONB,
    ADD COLUMN seal TEXT,
    ADD COLUMN authorisation BOOLEAN,
    -- What was proved before ends of rounds were recorded belongs to none of them.
    ADD COLUMN round_id UUID DEFAULT '00000000-0000-0000-0000-000000000000',
    DROP CONSTRAINT ck_proofs_outcome,
    ADD CONSTRAINT ck_proofs_outcome CHECK (outcome IN ('delivered', 'attempt_failed', 'collected')) NOT VALID;

ALTER TABLE proofs VALIDATE CONSTRAINT ck_proofs_outcome;

ALTER TABLE proofs ALTER COLUMN round_id DROP DEFAULT;

CREATE INDEX ix_proofs_unbalanced ON proofs (province_code, courier_id) WHERE round_id IS NULL;

ALTER TABLE handovers
    ALTER COLUMN courier_id DROP NOT NULL,
    ADD COLUMN listed INTEGER,
    ADD COLUMN originals INTEGER,
    ADD COLUMN copies INTEGER,
    ADD COLUMN counterpart TEXT,
    ADD COLUMN recorded_by TEXT DEFAULT '' NOT NULL,
    ADD COLUMN incident_id UUID,
    DROP CONSTRAINT ck_handovers_kind,
    ADD CONSTRAINT ck_handovers_kind CHECK (kind IN ('from_agency', 'take_out', 'hand_back', 'transfer', 'bag', 'arrive', 'to_agency', 'collect')) NOT VALID;

ALTER TABLE handovers VALIDATE CONSTRAINT ck_handovers_kind;

CREATE INDEX ix_handovers_office ON handovers (province_code, office_id, at);

CREATE TABLE incidents (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    office_id UUID NOT NULL,
    courier_id UUID,
    handover_id UUID,
    listed BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    missing UUID[] NOT NULL,
    surplus TEXT[] NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    explanation TEXT,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_incidents PRIMARY KEY (province_code, id),
    CONSTRAINT ck_incidents_kind CHECK (kind IN ('count_differs', 'papers_differ', 'cash_differs')),
    CONSTRAINT ck_incidents_state CHECK (state IN ('open', 'explained', 'closed'))
);

CREATE INDEX ix_incidents_office ON incidents (province_code, office_id, opened_at);

CREATE INDEX ix_incidents_open ON incidents (province_code, office_id, opened_at) WHERE state <> 'closed';

CREATE TABLE transfers (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    office_id UUID NOT NULL,
    from_courier_id UUID NOT NULL,
    to_courier_id UUID NOT NULL,
    item_ids UUID[] NOT NULL,
    state TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_transfers PRIMARY KEY (province_code, id),
    CONSTRAINT ck_transfers_state CHECK (state IN ('asked', 'approved', 'declined', 'withdrawn'))
);

CREATE INDEX ix_transfers_asked ON transfers (province_code, office_id) WHERE state = 'asked';

CREATE TABLE round_closings (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    courier_id UUID NOT NULL,
    office_id UUID NOT NULL,
    since TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_by TEXT NOT NULL,
    handover_id UUID,
    papers_due INTEGER NOT NULL,
    papers_counted INTEGER NOT NULL,
    cash_due_vnd BIGINT NOT NULL,
    cash_counted_vnd BIGINT NOT NULL,
    CONSTRAINT pk_round_closings PRIMARY KEY (province_code, id)
);

CREATE INDEX ix_round_closings_courier ON round_closings (province_code, courier_id, closed_at);
