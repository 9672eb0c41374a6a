-- The choice of day reads the items handed to an office in the last five weeks.

CREATE INDEX ix_items_office_ready ON items (province_code, office_id, ready_at);
