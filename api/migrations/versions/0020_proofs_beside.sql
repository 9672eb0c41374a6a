-- The courier's nearest proofs in time, and the proofs that show a photo.
CREATE INDEX ix_proofs_happened ON proofs (province_code, courier_id, (
    LEAST((occurred_at AT TIME ZONE 'UTC') - make_interval(secs => COALESCE(clock_offset_s, 0)),
          recorded_at AT TIME ZONE 'UTC')));
CREATE INDEX ix_proofs_photos ON proofs
    USING gin (jsonb_path_query_array(files, '$[*]?(@.kind == "photo").sha256')) WITH (fastupdate = off);
