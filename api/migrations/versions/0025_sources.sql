-- Lists of results that dossier systems publish, how far each was read, and the rows that were refused.

CREATE TABLE result_sources (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    secret BYTEA NOT NULL,
    every_s INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT,
    cursor TEXT,
    failures INTEGER DEFAULT 0 NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_ok_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    last_error_at TIMESTAMP WITH TIME ZONE,
    rows_taken BIGINT DEFAULT 0 NOT NULL,
    rows_refused BIGINT DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by TEXT NOT NULL,
    CONSTRAINT pk_result_sources PRIMARY KEY (province_code, id),
    CONSTRAINT ck_result_sources_state CHECK (state IN ('active', 'disabled')),
    CONSTRAINT ck_result_sources_kind CHECK (kind IN ('rows', 'orders')),
    CONSTRAINT ck_result_sources_every CHECK (every_s BETWEEN 60 AND 86400)
);

CREATE UNIQUE INDEX uq_result_sources_agency_url ON result_sources (province_code, agency_id, url);

CREATE TABLE refused_rows (
    province_code TEXT NOT NULL,
    source_id UUID NOT NULL,
    digest TEXT NOT NULL,
    dossier_code TEXT NOT NULL,
    content BYTEA NOT NULL,
    problems JSONB NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_refused_rows PRIMARY KEY (province_code, source_id, digest),
    CONSTRAINT fk_refused_rows_province_code_source_id FOREIGN KEY(province_code, source_id) REFERENCES result_sources (province_code, id)
);

CREATE INDEX ix_refused_rows_dossier ON refused_rows (province_code, source_id, dossier_code);
