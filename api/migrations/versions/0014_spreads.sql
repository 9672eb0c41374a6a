-- How early and how late couriers come, learned nightly: what a citizen's window is made of.
CREATE TABLE learned_spreads (
    province_code text NOT NULL,
    ahead smallint NOT NULL,
    early_s integer NOT NULL,
    late_s integer NOT NULL,
    seen integer NOT NULL,
    CONSTRAINT pk_learned_spreads PRIMARY KEY (province_code, ahead),
    CONSTRAINT ck_learned_spreads_bounds CHECK (late_s >= -early_s)
);
