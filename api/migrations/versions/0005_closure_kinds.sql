-- What closes a road, and who changed a closure last.

ALTER TABLE road_closures
    ADD COLUMN kind TEXT NOT NULL DEFAULT 'other',
    ADD COLUMN changed_by TEXT,
    ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT ck_road_closures_kind CHECK (kind IN ('flood', 'landslide', 'works', 'accident', 'event', 'other')),
    ADD CONSTRAINT ck_road_closures_changed CHECK ((changed_at IS NULL) = (changed_by IS NULL));

ALTER TABLE road_closures ALTER COLUMN kind DROP DEFAULT;
