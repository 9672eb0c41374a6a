-- Of a difference: the addresses of the endpoints that lack news. Differences found before name none.

ALTER TABLE reconcile_differences ADD COLUMN endpoints text[];
