-- What citizens are told: policies, channels, consent, what is to be told of items, messages.

CREATE TABLE notification_policies (
    province_code TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    kinds TEXT[] NOT NULL,
    channels TEXT[] NOT NULL,
    language TEXT NOT NULL,
    accents BOOLEAN NOT NULL,
    ready_when TEXT NOT NULL,
    quiet_from TIME WITHOUT TIME ZONE NOT NULL,
    quiet_until TIME WITHOUT TIME ZONE NOT NULL,
    daily_limit INTEGER NOT NULL,
    retention_days INTEGER NOT NULL,
    CONSTRAINT pk_notification_policies PRIMARY KEY (province_code),
    CONSTRAINT ck_notification_policies_language CHECK (language IN ('vi', 'en')),
    CONSTRAINT ck_notification_policies_ready_when CHECK (ready_when IN ('received', 'announced')),
    CONSTRAINT ck_notification_policies_numbers CHECK (daily_limit > 0 AND retention_days > 0)
);

CREATE TABLE notification_offices (
    province_code TEXT NOT NULL,
    office_id UUID NOT NULL,
    channels TEXT[] NOT NULL,
    CONSTRAINT pk_notification_offices PRIMARY KEY (province_code, office_id)
);

CREATE TABLE notification_channels (
    province_code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    config JSONB NOT NULL,
    secret BYTEA,
    active BOOLEAN NOT NULL,
    CONSTRAINT pk_notification_channels PRIMARY KEY (province_code, name),
    CONSTRAINT ck_notification_channels_kind CHECK (kind IN ('smtp', 'http'))
);

CREATE TABLE notification_contacts (
    province_code TEXT NOT NULL,
    contact_hash TEXT NOT NULL,
    token TEXT NOT NULL,
    opted_out_at TIMESTAMP WITH TIME ZONE,
    opted_out_by TEXT,
    CONSTRAINT pk_notification_contacts PRIMARY KEY (province_code, contact_hash),
    CONSTRAINT uq_notification_contacts_token UNIQUE (token)
);

CREATE TABLE notifications (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    visit_key TEXT NOT NULL,
    round TEXT NOT NULL,
    person_hash TEXT NOT NULL,
    office_id UUID NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    channel TEXT,
    refused_by TEXT[] NOT NULL,
    attempts INTEGER NOT NULL,
    perhaps BOOLEAN NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sending_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    error TEXT,
    address TEXT,
    words TEXT,
    parts INTEGER,
    CONSTRAINT pk_notifications PRIMARY KEY (province_code, id),
    CONSTRAINT ck_notifications_kind CHECK (kind IN ('ready', 'coming', 'failed', 'delivered')),
    CONSTRAINT ck_notifications_state CHECK (state IN ('pending', 'sending', 'sent', 'unsure', 'dead', 'dropped')),
    CONSTRAINT ck_notifications_settled CHECK ((state IN ('pending', 'sending')) = (settled_at IS NULL))
);

CREATE INDEX ix_notifications_open ON notifications (province_code, next_at) WHERE state IN ('pending', 'sending');

CREATE INDEX ix_notifications_person_day ON notifications (province_code, person_hash, sending_at);

CREATE INDEX ix_notifications_settled ON notifications (province_code, settled_at);

CREATE UNIQUE INDEX uq_notifications_visit ON notifications (province_code, person_hash, kind, visit_key, round);

CREATE TABLE notification_items (
    province_code TEXT NOT NULL,
    item_id UUID NOT NULL,
    kind TEXT NOT NULL,
    round TEXT NOT NULL,
    visit_key TEXT NOT NULL,
    visit_round TEXT NOT NULL,
    office_id UUID NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    notification_id UUID,
    dropped TEXT,
    CONSTRAINT pk_notification_items PRIMARY KEY (province_code, item_id, kind, round),
    CONSTRAINT ck_notification_items_kind CHECK (kind IN ('ready', 'coming', 'failed', 'delivered'))
);

CREATE INDEX ix_notification_items_message ON notification_items (province_code, notification_id);

CREATE INDEX ix_notification_items_waiting ON notification_items (province_code, due_at) WHERE notification_id IS NULL AND dropped IS NULL;

CREATE TABLE notification_emails (
    province_code TEXT NOT NULL,
    item_id UUID NOT NULL,
    email TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_notification_emails PRIMARY KEY (province_code, item_id),
    CONSTRAINT fk_notification_emails_province_code_item_id FOREIGN KEY(province_code, item_id) REFERENCES items (province_code, id)
);
