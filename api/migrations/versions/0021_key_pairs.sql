-- Key pairs of webhook endpoints: signatures that anybody can verify with the public half.

ALTER TABLE feedback_endpoints
    ADD COLUMN signing_key BYTEA,
    ADD COLUMN public_key TEXT,
    ADD COLUMN previous_signing_key BYTEA,
    ADD COLUMN previous_public_key TEXT,
    ADD CONSTRAINT ck_feedback_endpoints_key_pair
        CHECK ((signing_key IS NULL) = (public_key IS NULL)) NOT VALID,
    ADD CONSTRAINT ck_feedback_endpoints_previous_key_pair
        CHECK ((previous_signing_key IS NULL) = (previous_public_key IS NULL)) NOT VALID;

ALTER TABLE feedback_endpoints VALIDATE CONSTRAINT ck_feedback_endpoints_key_pair;
ALTER TABLE feedback_endpoints VALIDATE CONSTRAINT ck_feedback_endpoints_previous_key_pair;
