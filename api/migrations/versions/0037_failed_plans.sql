-- A plan a day and office: built in a moment.

DROP INDEX uq_plans_automatic;
CREATE UNIQUE INDEX uq_plans_automatic ON plans (province_code, office_id, day)
    WHERE origin = 'automatic' AND state <> 'failed';
