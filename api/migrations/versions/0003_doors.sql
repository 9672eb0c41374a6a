-- Learned doors: lessons from deliveries and corrections, and the doors they come to.

CREATE TABLE door_observations (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    household_key TEXT NOT NULL,
    area_key TEXT,
    commune_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    accuracy_m DOUBLE PRECISION NOT NULL,
    taught_by TEXT NOT NULL,
    observed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    forgotten_at TIMESTAMP WITH TIME ZONE,
    forgotten_by TEXT,
    CONSTRAINT pk_door_observations PRIMARY KEY (province_code, id),
    CONSTRAINT ck_door_observations_kind CHECK (kind IN ('delivery', 'correction')),
    CONSTRAINT ck_door_observations_accuracy CHECK (accuracy_m > 0),
    CONSTRAINT ck_door_observations_forgotten CHECK ((forgotten_at IS NULL) = (forgotten_by IS NULL))
);

CREATE INDEX ix_door_observations_household ON door_observations (province_code, household_key);

CREATE TABLE doors (
    province_code TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    area_key TEXT,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    error_m INTEGER NOT NULL,
    lessons INTEGER NOT NULL,
    taught_by TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected BOOLEAN NOT NULL,
    disputed BOOLEAN NOT NULL,
    CONSTRAINT pk_doors PRIMARY KEY (province_code, key),
    CONSTRAINT ck_doors_kind CHECK (kind IN ('household', 'alley', 'hamlet')),
    CONSTRAINT ck_doors_positive CHECK (error_m > 0 AND lessons > 0)
);

CREATE INDEX ix_doors_area ON doors (province_code, area_key);

CREATE INDEX ix_items_household ON items (province_code, household_key)
    WHERE status NOT IN ('delivered', 'returned');
