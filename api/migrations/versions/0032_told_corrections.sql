-- Citizens are told of deliveries that were withdrawn and of dossiers that were fetched at home.

ALTER TABLE notifications DROP CONSTRAINT ck_notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT ck_notifications_kind CHECK (kind IN ('ready', 'coming', 'failed', 'delivered', 'corrected', 'collected')) NOT VALID;
ALTER TABLE notifications VALIDATE CONSTRAINT ck_notifications_kind;

ALTER TABLE notification_items DROP CONSTRAINT ck_notification_items_kind;
ALTER TABLE notification_items ADD CONSTRAINT ck_notification_items_kind CHECK (kind IN ('ready', 'coming', 'failed', 'delivered', 'corrected', 'collected')) NOT VALID;
ALTER TABLE notification_items VALIDATE CONSTRAINT ck_notification_items_kind;
