-- What procedures ask of the door.

CREATE TABLE procedure_rules (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    agency_id UUID,
    procedure TEXT NOT NULL,
    in_person BOOLEAN NOT NULL,
    authorised_agent BOOLEAN NOT NULL,
    written_authorisation BOOLEAN NOT NULL,
    slip_back BOOLEAN NOT NULL,
    identity BOOLEAN NOT NULL,
    otp TEXT NOT NULL,
    CONSTRAINT pk_procedure_rules PRIMARY KEY (province_code, id),
    CONSTRAINT ck_procedure_rules_otp CHECK (otp IN ('none', 'optional', 'required'))
);

CREATE UNIQUE INDEX uq_procedure_rules_agency ON procedure_rules (province_code, agency_id, procedure) WHERE agency_id IS NOT NULL;

CREATE UNIQUE INDEX uq_procedure_rules_all ON procedure_rules (province_code, procedure) WHERE agency_id IS NULL;
