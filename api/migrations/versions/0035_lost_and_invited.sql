-- A paper that nobody can find is an incident of its own kind.

ALTER TABLE incidents DROP CONSTRAINT ck_incidents_kind;
ALTER TABLE incidents ADD CONSTRAINT ck_incidents_kind CHECK (kind IN ('count_differs', 'papers_differ', 'cash_differs', 'item_lost')) NOT VALID;
ALTER TABLE incidents VALIDATE CONSTRAINT ck_incidents_kind;

-- Citizens are told of invitations, those of provinces that tell of failed attempts at once.

ALTER TABLE notifications DROP CONSTRAINT ck_notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT ck_notifications_kind CHECK (kind IN ('ready', 'coming', 'failed', 'delivered', 'corrected', 'collected', 'invited')) NOT VALID;
ALTER TABLE notifications VALIDATE CONSTRAINT ck_notifications_kind;

ALTER TABLE notification_items DROP CONSTRAINT ck_notification_items_kind;
ALTER TABLE notification_items ADD CONSTRAINT ck_notification_items_kind CHECK (kind IN ('ready', 'coming', 'failed', 'delivered', 'corrected', 'collected', 'invited')) NOT VALID;
ALTER TABLE notification_items VALIDATE CONSTRAINT ck_notification_items_kind;

UPDATE notification_policies
SET kinds = kinds || ARRAY['invited']
WHERE 'failed' = ANY (kinds) AND 'invited' <> ALL (kinds);

-- Whether the citizen's code was right at the door; proofs from before say nothing of it.

ALTER TABLE proofs ADD COLUMN otp_checked BOOLEAN;
