-- Reconciliation of dossiers: the newest list of each agency, runs, and what each found.

CREATE TABLE agency_lists (
    province_code TEXT NOT NULL,
    agency_id UUID NOT NULL,
    listed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    complete BOOLEAN NOT NULL,
    entries JSONB NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_by TEXT NOT NULL,
    CONSTRAINT pk_agency_lists PRIMARY KEY (province_code, agency_id)
);

CREATE TABLE reconcile_runs (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    run_at TIMESTAMP WITH TIME ZONE NOT NULL,
    run_by TEXT NOT NULL,
    list_at TIMESTAMP WITH TIME ZONE,
    pushed BOOLEAN NOT NULL,
    dossiers INTEGER NOT NULL,
    kinds JSONB NOT NULL,
    CONSTRAINT pk_reconcile_runs PRIMARY KEY (province_code, id)
);

CREATE INDEX ix_reconcile_runs_agency ON reconcile_runs (province_code, agency_id, id);

CREATE TABLE reconcile_differences (
    province_code TEXT NOT NULL,
    run_id UUID NOT NULL,
    dossier_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_id UUID,
    here TEXT,
    there TEXT,
    due_here DATE,
    due_there DATE,
    told INTEGER,
    acknowledged INTEGER,
    repair TEXT,
    repaired_at TIMESTAMP WITH TIME ZONE,
    repaired_by TEXT,
    CONSTRAINT pk_reconcile_differences PRIMARY KEY (province_code, run_id, dossier_code, kind),
    CONSTRAINT ck_reconcile_differences_kind CHECK (kind IN ('missing_here', 'missing_there', 'delivered_unacknowledged', 'delivered_not_closed', 'closed_not_delivered', 'acknowledged_behind', 'acknowledged_ahead', 'cancelled_there', 'gone_here', 'unfinished_there', 'due_differs')),
    CONSTRAINT ck_reconcile_differences_there CHECK (there IN ('with_post', 'delivered', 'cancelled', 'unfinished')),
    CONSTRAINT ck_reconcile_differences_repair CHECK (repair IN ('send_again', 'withdraw', 'take_date')),
    CONSTRAINT fk_reconcile_differences_province_code_run_id FOREIGN KEY(province_code, run_id) REFERENCES reconcile_runs (province_code, id) ON DELETE CASCADE
);
