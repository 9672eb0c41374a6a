-- Road closures, and what couriers' tracks teach of roads and doors.

CREATE TABLE road_closures (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    area geometry(POLYGON, 4326) NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    removed_by TEXT,
    removed_at TIMESTAMP WITH TIME ZONE,
    applied_at TIMESTAMP WITH TIME ZONE,
    segments INTEGER,
    CONSTRAINT pk_road_closures PRIMARY KEY (province_code, id),
    CONSTRAINT ck_road_closures_period CHECK (ends_at IS NULL OR ends_at > starts_at),
    CONSTRAINT ck_road_closures_removed CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);

CREATE INDEX ix_road_closures_open ON road_closures (starts_at) WHERE removed_at IS NULL;

CREATE TABLE track_days (
    province_code TEXT NOT NULL,
    ridden_on DATE NOT NULL,
    fixes INTEGER NOT NULL,
    matched_s DOUBLE PRECISION NOT NULL,
    times BYTEA NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_track_days PRIMARY KEY (province_code, ridden_on)
);

CREATE TABLE learned_speeds (
    province_code TEXT NOT NULL,
    commune_code TEXT NOT NULL,
    road_class SMALLINT NOT NULL,
    band SMALLINT NOT NULL,
    factor DOUBLE PRECISION NOT NULL,
    observed_s DOUBLE PRECISION NOT NULL,
    CONSTRAINT pk_learned_speeds PRIMARY KEY (province_code, commune_code, road_class, band),
    CONSTRAINT ck_learned_speeds_factor CHECK (factor > 0)
);

CREATE TABLE learned_segments (
    province_code TEXT NOT NULL,
    version TEXT NOT NULL,
    segments BYTEA NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_learned_segments PRIMARY KEY (province_code)
);

CREATE TABLE learned_service (
    province_code TEXT NOT NULL,
    commune_code TEXT NOT NULL,
    error_class SMALLINT NOT NULL,
    factor DOUBLE PRECISION NOT NULL,
    visits INTEGER NOT NULL,
    CONSTRAINT pk_learned_service PRIMARY KEY (province_code, commune_code, error_class),
    CONSTRAINT ck_learned_service_factor CHECK (factor > 0)
);

