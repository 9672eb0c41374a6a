-- The most a courier may hold of what he collects before he hands it in; none where nothing is said.

ALTER TABLE couriers ADD COLUMN cash_limit_vnd BIGINT;
