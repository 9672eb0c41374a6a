-- Changes of hands, ends of rounds and incidents stand as they were written down. Of an incident only what a person
-- decides comes later, until it is closed.

CREATE OR REPLACE TRIGGER handovers_append_only BEFORE UPDATE OR DELETE ON handovers
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();
CREATE OR REPLACE TRIGGER handovers_no_truncate BEFORE TRUNCATE ON handovers
    FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only();

CREATE OR REPLACE TRIGGER round_closings_append_only BEFORE UPDATE OR DELETE ON round_closings
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();
CREATE OR REPLACE TRIGGER round_closings_no_truncate BEFORE TRUNCATE ON round_closings
    FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only();

CREATE OR REPLACE TRIGGER incidents_no_delete BEFORE DELETE ON incidents
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();
CREATE OR REPLACE TRIGGER incidents_append_only BEFORE UPDATE ON incidents
    FOR EACH ROW WHEN (
        old.state = 'closed'
        OR to_jsonb(old) - '{state,explanation,decided_by,decided_at}'::text[]
            IS DISTINCT FROM to_jsonb(new) - '{state,explanation,decided_by,decided_at}'::text[]
    ) EXECUTE FUNCTION buuta_append_only();
CREATE OR REPLACE TRIGGER incidents_no_truncate BEFORE TRUNCATE ON incidents
    FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only();
