-- Asked for with every proof and every row taken in: whether units changed since they were read.
CREATE INDEX ix_communes_redrawn_at ON communes (redrawn_at) WHERE redrawn_at IS NOT NULL;
