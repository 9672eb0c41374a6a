-- How an office wants its days planned; an office without a row wants everything delivered that fits.

CREATE TABLE office_planning (
    province_code TEXT NOT NULL,
    office_id UUID NOT NULL,
    policy TEXT NOT NULL,
    day_value_s INTEGER NOT NULL,
    familiarity_s INTEGER NOT NULL,
    CONSTRAINT pk_office_planning PRIMARY KEY (province_code, office_id),
    CONSTRAINT fk_office_planning_province_code_office_id_offices FOREIGN KEY (province_code, office_id)
        REFERENCES offices (province_code, id),
    CONSTRAINT ck_office_planning_policy CHECK (policy IN ('all', 'thrifty', 'horizon')),
    CONSTRAINT ck_office_planning_day_value CHECK (day_value_s BETWEEN 0 AND 3600),
    CONSTRAINT ck_office_planning_familiarity CHECK (familiarity_s BETWEEN 0 AND 3600)
);
