-- When the post's clock stood still for an item, and for which reasons a province lets it stand still.
ALTER TABLE items ADD COLUMN pauses jsonb NOT NULL DEFAULT '[]';
ALTER TABLE service_standards ADD COLUMN pause_reasons jsonb NOT NULL DEFAULT '["addressee", "address", "road"]';
