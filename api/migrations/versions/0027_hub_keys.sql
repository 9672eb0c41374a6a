-- Keys of hubs, each for a set of agencies.

ALTER TABLE api_keys
    ADD COLUMN agency_ids UUID[] DEFAULT '{}' NOT NULL,
    DROP CONSTRAINT ck_api_keys_role,
    ADD CONSTRAINT ck_api_keys_role CHECK (role IN ('agency', 'dispatcher', 'manager', 'hub')) NOT VALID,
    ADD CONSTRAINT ck_api_keys_hub CHECK ((role = 'hub') = (cardinality(agency_ids) > 0)) NOT VALID;

ALTER TABLE api_keys VALIDATE CONSTRAINT ck_api_keys_role;

ALTER TABLE api_keys VALIDATE CONSTRAINT ck_api_keys_hub;
