-- Of a change of hands only the name of who signed at the other side may go, and nothing may come in its place.

CREATE OR REPLACE TRIGGER handovers_no_delete BEFORE DELETE ON handovers
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();
CREATE OR REPLACE TRIGGER handovers_append_only BEFORE UPDATE ON handovers
    FOR EACH ROW WHEN (
        new.counterpart IS NOT NULL
        OR to_jsonb(old) - 'counterpart' IS DISTINCT FROM to_jsonb(new) - 'counterpart'
    ) EXECUTE FUNCTION buuta_append_only();
