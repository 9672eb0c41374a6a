-- Editions of the list of units, changes keyed by (code, valid_from) with shares, redrawn polygons, zones.

CREATE TABLE unit_editions (
    id SERIAL NOT NULL,
    valid_from DATE NOT NULL,
    title TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    actor TEXT NOT NULL,
    loaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    reverted_at TIMESTAMP WITH TIME ZONE,
    content BYTEA NOT NULL,
    report JSONB NOT NULL,
    undo JSONB NOT NULL,
    CONSTRAINT pk_unit_editions PRIMARY KEY (id),
    CONSTRAINT ck_unit_editions_state CHECK (state IN ('staged', 'applied', 'reverted')),
    CONSTRAINT ck_unit_editions_applied CHECK ((state = 'staged') = (applied_at IS NULL)),
    CONSTRAINT ck_unit_editions_reverted CHECK ((state = 'reverted') = (reverted_at IS NOT NULL))
);

CREATE UNIQUE INDEX uq_unit_editions_day ON unit_editions (valid_from) WHERE state <> 'reverted';

ALTER TABLE communes ADD COLUMN redrawn_at TIMESTAMP WITH TIME ZONE;

-- Until now there was one reform: from the list of 2025-01-01 to that of 2025-07-01.
ALTER TABLE commune_changes
    ADD COLUMN old_valid_from DATE NOT NULL DEFAULT '2025-01-01',
    ADD COLUMN new_valid_from DATE NOT NULL DEFAULT '2025-07-01',
    ADD COLUMN share FLOAT,
    ADD CONSTRAINT ck_commune_changes_share CHECK (share IS NULL OR share BETWEEN 0 AND 1);

ALTER TABLE commune_changes ALTER COLUMN old_valid_from DROP DEFAULT, ALTER COLUMN new_valid_from DROP DEFAULT;

CREATE TABLE zones (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    office_id UUID,
    courier_id UUID,
    area geometry(MULTIPOLYGON,4326) NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_by TEXT NOT NULL,
    CONSTRAINT pk_zones PRIMARY KEY (province_code, id),
    CONSTRAINT ck_zones_kind CHECK (kind IN ('zone', 'beat')),
    CONSTRAINT ck_zones_courier_has_beat CHECK (kind = 'beat' OR courier_id IS NULL)
);

CREATE INDEX ix_zones_area ON zones USING gist (area);

CREATE UNIQUE INDEX uq_zones_beat ON zones (province_code, courier_id) WHERE kind = 'beat';

CREATE UNIQUE INDEX uq_zones_name ON zones (province_code, kind, name);
