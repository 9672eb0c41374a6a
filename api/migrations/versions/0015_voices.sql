-- What citizens say of the service, and what it costs.

CREATE TABLE ratings (
    province_code TEXT NOT NULL,
    item_id UUID NOT NULL,
    stars INTEGER NOT NULL,
    words TEXT NOT NULL,
    rated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_ratings PRIMARY KEY (province_code, item_id),
    CONSTRAINT ck_ratings_stars CHECK (stars BETWEEN 1 AND 5)
);

CREATE INDEX ix_ratings_rated ON ratings (province_code, rated_at);

CREATE TABLE complaints (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    number INTEGER GENERATED ALWAYS AS IDENTITY,
    item_id UUID NOT NULL,
    office_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    by_citizen BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE NOT NULL,
    taken_by TEXT,
    taken_at TIMESTAMP WITH TIME ZONE,
    answer TEXT NOT NULL,
    answered_by TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_complaints PRIMARY KEY (province_code, id),
    CONSTRAINT ck_complaints_kind CHECK (kind IN ('loss', 'lateness', 'damage', 'charge', 'conduct', 'other')),
    CONSTRAINT ck_complaints_state CHECK (state IN ('open', 'answered', 'settled', 'rejected')),
    CONSTRAINT ck_complaints_closed CHECK ((closed_at IS NULL) = (state IN ('open', 'answered')))
);

CREATE INDEX ix_complaints_filed ON complaints (province_code, filed_at);

CREATE INDEX ix_complaints_office ON complaints (province_code, office_id, due_on);

CREATE UNIQUE INDEX uq_complaints_running ON complaints (province_code, item_id, kind) WHERE state IN ('open', 'answered');

CREATE TABLE tariffs (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    valid_from DATE NOT NULL,
    content TEXT NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    imported_by TEXT NOT NULL,
    CONSTRAINT pk_tariffs PRIMARY KEY (province_code, id)
);

CREATE INDEX ix_tariffs_day ON tariffs (province_code, valid_from, imported_at);
