-- Phones that speak the OsmAnd protocol, and what was kept and left out of each courier's day.

CREATE TABLE devices (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    courier_id UUID NOT NULL,
    key_hash TEXT NOT NULL,
    label TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE,
    minute_at TIMESTAMP WITH TIME ZONE,
    sent INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_devices PRIMARY KEY (province_code, id),
    CONSTRAINT fk_devices_province_code_couriers FOREIGN KEY (province_code, courier_id) REFERENCES couriers (province_code, id)
);

CREATE UNIQUE INDEX uq_devices_key_hash ON devices (key_hash);

CREATE INDEX ix_devices_courier ON devices (province_code, courier_id);

CREATE TABLE position_days (
    province_code TEXT NOT NULL,
    courier_id UUID NOT NULL,
    day DATE NOT NULL,
    accepted INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    future INTEGER NOT NULL,
    inaccurate INTEGER NOT NULL,
    impossible_speed INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    too_old INTEGER NOT NULL,
    coarse_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_position_days PRIMARY KEY (province_code, courier_id, day)
);

CREATE INDEX ix_position_days_precise ON position_days (province_code, day) WHERE coarse_at IS NULL;

-- Days that were ridden before: their fixes grow coarse like all others.
INSERT INTO position_days
SELECT province_code, courier_id, (occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, count(*), 0, 0, 0, 0, 0, 0, NULL
FROM positions
GROUP BY 1, 2, 3;
