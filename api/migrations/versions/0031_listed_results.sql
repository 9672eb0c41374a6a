-- What an agency's newest list tells of results that are missing here, for the click that takes them in.

CREATE TABLE listed_results (
    province_code TEXT NOT NULL,
    agency_id UUID NOT NULL,
    dossier_code TEXT NOT NULL,
    content JSONB NOT NULL,
    CONSTRAINT pk_listed_results PRIMARY KEY (province_code, agency_id, dossier_code),
    CONSTRAINT fk_listed_results_province_code_agency_id FOREIGN KEY(province_code, agency_id) REFERENCES agency_lists (province_code, agency_id) ON DELETE CASCADE
);

ALTER TABLE reconcile_differences DROP CONSTRAINT ck_reconcile_differences_repair;
ALTER TABLE reconcile_differences ADD CONSTRAINT ck_reconcile_differences_repair CHECK (repair IN ('send_again', 'withdraw', 'take_date', 'take_in')) NOT VALID;
ALTER TABLE reconcile_differences VALIDATE CONSTRAINT ck_reconcile_differences_repair;
