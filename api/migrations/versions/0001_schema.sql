-- Tables, indexes and triggers of the first release.

CREATE SEQUENCE feedback_positions;

CREATE TABLE users (
    id UUID NOT NULL,
    province_code TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    office_ids UUID[] NOT NULL,
    agency_id UUID,
    courier_id UUID,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_role CHECK (role IN ('admin', 'dispatcher', 'courier', 'agency', 'manager')),
    CONSTRAINT ck_users_language CHECK (language IN ('vi', 'en')),
    CONSTRAINT ck_users_login_lower CHECK (login = lower(login)),
    CONSTRAINT ck_users_courier CHECK (role <> 'courier' OR courier_id IS NOT NULL),
    CONSTRAINT ck_users_agency CHECK (role <> 'agency' OR agency_id IS NOT NULL),
    CONSTRAINT uq_users_login UNIQUE (login)
);

CREATE TABLE api_keys (
    id UUID NOT NULL,
    key_hash TEXT NOT NULL,
    prefix TEXT NOT NULL,
    name TEXT NOT NULL,
    province_code TEXT NOT NULL,
    role TEXT NOT NULL,
    office_ids UUID[] NOT NULL,
    agency_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT ck_api_keys_role CHECK (role IN ('agency', 'dispatcher', 'manager')),
    CONSTRAINT ck_api_keys_agency CHECK (role <> 'agency' OR agency_id IS NOT NULL),
    CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
);

CREATE TABLE attempts (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_attempts PRIMARY KEY (id)
);

CREATE INDEX ix_attempts_at ON attempts (at);

CREATE INDEX ix_attempts_kind_subject_at ON attempts (kind, subject, at);

CREATE TABLE repeats (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    answer JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_repeats PRIMARY KEY (actor, key)
);

CREATE INDEX ix_repeats_created_at ON repeats (created_at);

CREATE TABLE views (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    subjects UUID[] NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_views PRIMARY KEY (province_code, id)
)
 PARTITION BY RANGE (id);

CREATE TABLE provinces (
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    name TEXT NOT NULL,
    full_name TEXT NOT NULL,
    area geometry(MULTIPOLYGON,4326) NOT NULL,
    CONSTRAINT pk_provinces PRIMARY KEY (code, valid_from)
);

CREATE INDEX ix_provinces_area ON provinces USING gist (area);

CREATE TABLE old_units (
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    full_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    district_code TEXT,
    district TEXT,
    province_code TEXT NOT NULL,
    province TEXT NOT NULL,
    point geometry(POINT,4326),
    CONSTRAINT pk_old_units PRIMARY KEY (code, valid_from),
    CONSTRAINT ck_old_units_valid_period CHECK (valid_to >= valid_from)
);

CREATE INDEX ix_old_units_name_key ON old_units (name_key);

CREATE TABLE commune_changes (
    changed_on DATE NOT NULL,
    old_code TEXT NOT NULL,
    new_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    n_targets SMALLINT NOT NULL,
    note TEXT,
    CONSTRAINT pk_commune_changes PRIMARY KEY (changed_on, old_code, new_code),
    CONSTRAINT ck_commune_changes_kind CHECK (kind IN ('full', 'partial', 'partial_area', 'partial_area_all_people', 'partial_people', 'full_area_people_elsewhere'))
);

CREATE INDEX ix_commune_changes_new_code ON commune_changes (new_code, changed_on);

CREATE TABLE commune_aliases (
    id SERIAL NOT NULL,
    province_key TEXT NOT NULL,
    district_key TEXT NOT NULL,
    unit_key TEXT NOT NULL,
    alias_key TEXT NOT NULL,
    year SMALLINT,
    source TEXT,
    CONSTRAINT pk_commune_aliases PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_commune_aliases_alias ON commune_aliases (province_key, district_key, alias_key, unit_key);

CREATE TABLE places (
    id SERIAL NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    commune_code TEXT NOT NULL,
    error_m FLOAT NOT NULL,
    point geometry(POINT,4326) NOT NULL,
    CONSTRAINT pk_places PRIMARY KEY (id)
);

CREATE INDEX ix_places_commune_code ON places (commune_code, name_key);

CREATE UNIQUE INDEX uq_places_source ON places (source, source_id);

CREATE INDEX ix_places_point ON places USING gist (point);

CREATE TABLE plans (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    office_id UUID NOT NULL,
    day DATE NOT NULL,
    state TEXT NOT NULL,
    origin TEXT NOT NULL,
    version INTEGER NOT NULL,
    params JSONB NOT NULL,
    phase TEXT NOT NULL,
    percent INTEGER NOT NULL,
    best_cost INTEGER,
    run_token UUID,
    heartbeat_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cost JSONB NOT NULL,
    travel_source TEXT,
    violations JSONB NOT NULL,
    problems JSONB NOT NULL,
    visits INTEGER NOT NULL,
    planned_items INTEGER NOT NULL,
    unplanned_items INTEGER NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    requested_by TEXT NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    published_at TIMESTAMP WITH TIME ZONE,
    published_by TEXT,
    CONSTRAINT pk_plans PRIMARY KEY (province_code, id),
    CONSTRAINT ck_plans_state CHECK (state IN ('queued','running','draft','published','failed','superseded','cancelled')),
    CONSTRAINT ck_plans_origin CHECK (origin IN ('dispatcher','automatic'))
);

CREATE UNIQUE INDEX uq_plans_automatic ON plans (province_code, office_id, day) WHERE origin = 'automatic';

CREATE UNIQUE INDEX uq_plans_active ON plans (province_code, office_id, day) WHERE state IN ('queued','running');

CREATE INDEX ix_plans_office_day ON plans (province_code, office_id, day, id);

CREATE UNIQUE INDEX uq_plans_published ON plans (province_code, office_id, day) WHERE state = 'published';

CREATE TABLE proofs (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    courier_id UUID,
    outcome TEXT NOT NULL,
    reason TEXT,
    action TEXT,
    redelivery_on DATE,
    recipient_name TEXT,
    relation TEXT,
    identity_kind TEXT,
    identity_last4 TEXT,
    identity_hash TEXT,
    papers_taken_back INTEGER NOT NULL,
    money_vnd BIGINT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    clock_offset_s DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    position_age_s DOUBLE PRECISION,
    app_version TEXT,
    note TEXT,
    flags TEXT[] NOT NULL,
    files JSONB NOT NULL,
    digest TEXT NOT NULL,
    event_hash TEXT NOT NULL,
    CONSTRAINT pk_proofs PRIMARY KEY (province_code, id),
    CONSTRAINT ck_proofs_outcome CHECK (outcome IN ('delivered', 'attempt_failed'))
)
 PARTITION BY RANGE (id);

CREATE INDEX ix_proofs_item ON proofs (province_code, item_id);

CREATE TABLE proof_files (
    province_code TEXT NOT NULL,
    proof_id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes_count INTEGER NOT NULL,
    blob_key TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_proof_files PRIMARY KEY (province_code, proof_id, sha256)
)
 PARTITION BY RANGE (proof_id);

CREATE TABLE handovers (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    office_id UUID NOT NULL,
    courier_id UUID NOT NULL,
    giver TEXT NOT NULL,
    receiver TEXT NOT NULL,
    item_ids UUID[] NOT NULL,
    counted INTEGER NOT NULL,
    seal TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_handovers PRIMARY KEY (province_code, id),
    CONSTRAINT ck_handovers_kind CHECK (kind IN ('take_out', 'hand_back'))
);

CREATE INDEX ix_handovers_courier ON handovers (province_code, courier_id, at);

CREATE TABLE positions (
    province_code TEXT NOT NULL,
    courier_id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    accuracy_m DOUBLE PRECISION,
    speed_mps DOUBLE PRECISION,
    heading_deg DOUBLE PRECISION,
    battery_pct INTEGER,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_positions PRIMARY KEY (province_code, courier_id, occurred_at)
)
 PARTITION BY RANGE (occurred_at);

CREATE TABLE last_positions (
    province_code TEXT NOT NULL,
    courier_id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    accuracy_m DOUBLE PRECISION,
    speed_mps DOUBLE PRECISION,
    heading_deg DOUBLE PRECISION,
    battery_pct INTEGER,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_last_positions PRIMARY KEY (province_code, courier_id)
);

CREATE TABLE feedback_endpoints (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT,
    secret BYTEA NOT NULL,
    previous_secret BYTEA,
    previous_until TIMESTAMP WITH TIME ZONE,
    failures INTEGER DEFAULT 0 NOT NULL,
    paused_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by TEXT NOT NULL,
    CONSTRAINT pk_feedback_endpoints PRIMARY KEY (province_code, id),
    CONSTRAINT ck_feedback_endpoints_state CHECK (state IN ('active', 'disabled')),
    CONSTRAINT ck_feedback_endpoints_rotation CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);

CREATE UNIQUE INDEX uq_feedback_endpoints_agency_url ON feedback_endpoints (province_code, agency_id, url);

CREATE TABLE feedback_dossiers (
    province_code TEXT NOT NULL,
    agency_id UUID NOT NULL,
    dossier_code TEXT NOT NULL,
    last_sequence INTEGER NOT NULL,
    delivered_sequence INTEGER,
    CONSTRAINT pk_feedback_dossiers PRIMARY KEY (province_code, agency_id, dossier_code)
);

CREATE TABLE feedback_messages (
    province_code TEXT NOT NULL,
    event_id UUID NOT NULL,
    dossier_code TEXT NOT NULL,
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    sequence INTEGER NOT NULL,
    position BIGINT NOT NULL,
    body JSONB NOT NULL,
    CONSTRAINT pk_feedback_messages PRIMARY KEY (province_code, event_id, dossier_code)
)
 PARTITION BY RANGE (event_id);

CREATE INDEX ix_feedback_messages_dossier ON feedback_messages (province_code, dossier_code, agency_id, sequence);

CREATE INDEX ix_feedback_messages_stream ON feedback_messages (province_code, agency_id, position);

CREATE TABLE calendar_overrides (
    province_code TEXT NOT NULL,
    day DATE NOT NULL,
    works BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_calendar_overrides PRIMARY KEY (province_code, day)
);

CREATE TABLE service_standards (
    province_code TEXT NOT NULL,
    centre_days INTEGER NOT NULL,
    outlying_days INTEGER NOT NULL,
    saturday_works BOOLEAN NOT NULL,
    centre_commune_codes JSONB NOT NULL,
    CONSTRAINT pk_service_standards PRIMARY KEY (province_code),
    CONSTRAINT ck_service_standards_days CHECK (centre_days >= 0 AND outlying_days >= centre_days)
);

CREATE TABLE offices (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    cut_off TIME WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_offices PRIMARY KEY (province_code, id)
);

CREATE UNIQUE INDEX uq_offices_code ON offices (province_code, code);

CREATE TABLE agencies (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_agencies PRIMARY KEY (province_code, id)
);

CREATE UNIQUE INDEX uq_agencies_code ON agencies (province_code, code);

CREATE TABLE item_serials (
    province_code TEXT NOT NULL,
    last BIGINT NOT NULL,
    CONSTRAINT pk_item_serials PRIMARY KEY (province_code)
);

CREATE TABLE items (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    item_code TEXT NOT NULL,
    tracking_code TEXT NOT NULL,
    office_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    procedure TEXT NOT NULL,
    leg TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    addressee_name TEXT NOT NULL,
    addressee_phone TEXT NOT NULL,
    address TEXT NOT NULL,
    search_text TEXT NOT NULL,
    commune_code TEXT,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    error_m INTEGER,
    point_source TEXT,
    household_key TEXT,
    due_on DATE NOT NULL,
    ready_at TIMESTAMP WITH TIME ZONE NOT NULL,
    not_before_on DATE,
    weight_g INTEGER NOT NULL,
    papers INTEGER NOT NULL,
    state_fee_vnd BIGINT NOT NULL,
    postage_vnd BIGINT NOT NULL,
    in_person BOOLEAN NOT NULL,
    window_start_at TIMESTAMP WITH TIME ZONE,
    window_end_at TIMESTAMP WITH TIME ZONE,
    plan_id UUID,
    courier_id UUID,
    holder_courier_id UUID,
    out_at TIMESTAMP WITH TIME ZONE,
    last_attempt_at TIMESTAMP WITH TIME ZONE,
    last_attempt_id UUID,
    event_seq INTEGER NOT NULL,
    last_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_items PRIMARY KEY (province_code, id),
    CONSTRAINT ck_items_status CHECK (status IN ('accepted', 'ready', 'planned', 'out', 'delivered', 'attempt_failed', 'held', 'forwarded', 'returning', 'returned')),
    CONSTRAINT ck_items_point CHECK ((lon IS NULL) = (lat IS NULL)),
    CONSTRAINT ck_items_carried_has_courier CHECK (status NOT IN ('planned', 'out') OR courier_id IS NOT NULL),
    CONSTRAINT ck_items_known_place CHECK (status NOT IN ('ready', 'planned', 'out') OR commune_code IS NOT NULL),
    CONSTRAINT uq_items_tracking_code UNIQUE (tracking_code)
);

CREATE INDEX ix_items_office_status_due ON items (province_code, office_id, status, due_on, id);

CREATE INDEX ix_items_open ON items (province_code, ready_at) WHERE status NOT IN ('delivered', 'returned');

CREATE INDEX ix_items_holder ON items (province_code, holder_courier_id) WHERE holder_courier_id IS NOT NULL;

CREATE INDEX ix_items_courier ON items (province_code, courier_id) WHERE courier_id IS NOT NULL;

CREATE UNIQUE INDEX uq_items_province_code_item_code ON items (province_code, item_code);

CREATE INDEX ix_items_agency ON items (province_code, agency_id, due_on, id);

CREATE TABLE dossiers (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    dossier_code TEXT NOT NULL,
    leg TEXT NOT NULL,
    procedure TEXT NOT NULL,
    due_on DATE NOT NULL,
    ready_at TIMESTAMP WITH TIME ZONE NOT NULL,
    digest TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_dossiers PRIMARY KEY (province_code, id)
);

CREATE UNIQUE INDEX uq_dossiers_agency_code_leg ON dossiers (province_code, agency_id, dossier_code, leg);

CREATE TABLE address_queue (
    province_code TEXT NOT NULL,
    item_id UUID NOT NULL,
    address TEXT NOT NULL,
    reason TEXT NOT NULL,
    candidates JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT,
    CONSTRAINT pk_address_queue PRIMARY KEY (province_code, item_id)
);

CREATE INDEX ix_address_queue_open ON address_queue (province_code, created_at, item_id) WHERE resolved_at IS NULL;

CREATE TABLE events (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    office_id UUID NOT NULL,
    data JSONB NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (province_code, id)
)
 PARTITION BY RANGE (id);

CREATE INDEX ix_events_item_seq ON events (province_code, item_id, seq);

CREATE INDEX ix_events_doors ON events (province_code, kind, occurred_at) WHERE kind IN ('item_delivered', 'attempt_failed');

CREATE OR REPLACE FUNCTION buuta_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$;

CREATE OR REPLACE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
        FOR EACH ROW EXECUTE FUNCTION buuta_append_only();

CREATE OR REPLACE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only();

CREATE TABLE sessions (
    token_hash TEXT NOT NULL,
    user_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (token_hash),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);

CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE communes (
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    province_code TEXT NOT NULL,
    province_valid_from DATE NOT NULL,
    name TEXT NOT NULL,
    full_name TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    name_key TEXT NOT NULL,
    office_address TEXT,
    area geometry(MULTIPOLYGON,4326) NOT NULL,
    point geometry(POINT,4326) NOT NULL,
    CONSTRAINT pk_communes PRIMARY KEY (code, valid_from),
    CONSTRAINT fk_communes_province_code_province_valid_from FOREIGN KEY(province_code, province_valid_from) REFERENCES provinces (code, valid_from),
    CONSTRAINT ck_communes_valid_period CHECK (valid_to IS NULL OR valid_to >= valid_from)
);

CREATE INDEX ix_communes_area ON communes USING gist (area);

CREATE UNIQUE INDEX uq_communes_in_force ON communes (code) WHERE valid_to IS NULL;

CREATE INDEX ix_communes_province_code ON communes (province_code);

CREATE TABLE plan_routes (
    province_code TEXT NOT NULL,
    plan_id UUID NOT NULL,
    courier_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    cost JSONB NOT NULL,
    rounds JSONB NOT NULL,
    CONSTRAINT pk_plan_routes PRIMARY KEY (province_code, plan_id, courier_id),
    CONSTRAINT fk_plan_routes_province_code_plan_id FOREIGN KEY(province_code, plan_id) REFERENCES plans (province_code, id) ON DELETE CASCADE
);

CREATE INDEX ix_plan_routes_courier ON plan_routes (province_code, courier_id, plan_id);

CREATE TABLE plan_stops (
    province_code TEXT NOT NULL,
    plan_id UUID NOT NULL,
    visit_id TEXT NOT NULL,
    courier_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    round INTEGER NOT NULL,
    arrival_s INTEGER NOT NULL,
    wait_s INTEGER NOT NULL,
    start_s INTEGER NOT NULL,
    departure_s INTEGER NOT NULL,
    item_ids UUID[] NOT NULL,
    visit JSONB NOT NULL,
    CONSTRAINT pk_plan_stops PRIMARY KEY (province_code, plan_id, visit_id),
    CONSTRAINT fk_plan_stops_province_code_plan_id FOREIGN KEY(province_code, plan_id) REFERENCES plans (province_code, id) ON DELETE CASCADE
);

CREATE INDEX ix_plan_stops_items ON plan_stops USING gin (item_ids);

CREATE TABLE plan_unplanned (
    province_code TEXT NOT NULL,
    plan_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    visit_id TEXT,
    item_ids UUID[] NOT NULL,
    reasons JSONB NOT NULL,
    CONSTRAINT pk_plan_unplanned PRIMARY KEY (province_code, plan_id, seq),
    CONSTRAINT fk_plan_unplanned_province_code_plan_id FOREIGN KEY(province_code, plan_id) REFERENCES plans (province_code, id) ON DELETE CASCADE
);

CREATE TABLE feedback_deliveries (
    province_code TEXT NOT NULL,
    endpoint_id UUID NOT NULL,
    event_id UUID NOT NULL,
    dossier_code TEXT NOT NULL,
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_status INTEGER,
    last_error TEXT,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_feedback_deliveries PRIMARY KEY (province_code, endpoint_id, event_id, dossier_code),
    CONSTRAINT ck_feedback_deliveries_state CHECK (state IN ('pending', 'delivered', 'dead')),
    CONSTRAINT ck_feedback_deliveries_settled CHECK ((state = 'pending') = (settled_at IS NULL)),
    CONSTRAINT fk_feedback_deliveries_province_code_endpoint_id FOREIGN KEY(province_code, endpoint_id) REFERENCES feedback_endpoints (province_code, id)
)
 PARTITION BY RANGE (event_id);

CREATE INDEX ix_feedback_deliveries_dead ON feedback_deliveries (province_code, endpoint_id, position) WHERE state = 'dead';

CREATE INDEX ix_feedback_deliveries_head ON feedback_deliveries (province_code, endpoint_id, dossier_code, position) WHERE state = 'pending';

CREATE INDEX ix_feedback_deliveries_due ON feedback_deliveries (province_code, endpoint_id, position) WHERE state = 'pending';

CREATE TABLE office_communes (
    province_code TEXT NOT NULL,
    commune_code TEXT NOT NULL,
    office_id UUID NOT NULL,
    CONSTRAINT pk_office_communes PRIMARY KEY (province_code, commune_code),
    CONSTRAINT fk_office_communes_province_code_office_id FOREIGN KEY(province_code, office_id) REFERENCES offices (province_code, id)
);

CREATE TABLE couriers (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    office_id UUID NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    capacity_items INTEGER NOT NULL,
    capacity_g INTEGER NOT NULL,
    shifts JSONB NOT NULL,
    vehicle TEXT NOT NULL,
    home_commune_codes TEXT[] NOT NULL,
    active BOOLEAN NOT NULL,
    CONSTRAINT pk_couriers PRIMARY KEY (province_code, id),
    CONSTRAINT fk_couriers_province_code_office_id FOREIGN KEY(province_code, office_id) REFERENCES offices (province_code, id)
);

CREATE INDEX ix_couriers_office ON couriers (province_code, office_id);

CREATE TABLE item_dossiers (
    province_code TEXT NOT NULL,
    item_id UUID NOT NULL,
    dossier_id UUID NOT NULL,
    CONSTRAINT pk_item_dossiers PRIMARY KEY (province_code, item_id, dossier_id),
    CONSTRAINT fk_item_dossiers_province_code_item_id FOREIGN KEY(province_code, item_id) REFERENCES items (province_code, id),
    CONSTRAINT fk_item_dossiers_province_code_dossier_id FOREIGN KEY(province_code, dossier_id) REFERENCES dossiers (province_code, id)
);

CREATE INDEX ix_item_dossiers_dossier ON item_dossiers (province_code, dossier_id);
