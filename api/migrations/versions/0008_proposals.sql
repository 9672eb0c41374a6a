-- Where citizens say their doors are: lessons of little trust, and what waits for the office.

ALTER TABLE door_observations
    DROP CONSTRAINT ck_door_observations_kind,
    ADD CONSTRAINT ck_door_observations_kind CHECK (kind IN ('delivery', 'correction', 'proposal'));

CREATE TABLE door_proposals (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    office_id UUID NOT NULL,
    words TEXT NOT NULL,
    place TEXT NOT NULL,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    lesson_id UUID,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted BOOLEAN,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_door_proposals PRIMARY KEY (province_code, id),
    CONSTRAINT ck_door_proposals_point CHECK ((lon IS NULL) = (lat IS NULL) AND (lon IS NULL) = (accuracy_m IS NULL)),
    CONSTRAINT ck_door_proposals_decided CHECK ((accepted IS NULL) = (decided_at IS NULL) AND (accepted IS NULL) = (decided_by IS NULL))
);

CREATE INDEX ix_door_proposals_item ON door_proposals (province_code, item_id);

CREATE INDEX ix_door_proposals_open ON door_proposals (province_code, office_id, proposed_at) WHERE accepted IS NULL;
