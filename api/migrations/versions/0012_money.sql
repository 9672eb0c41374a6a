-- State fee and postage as two ledgers; nothing in them is ever changed.

CREATE TABLE money_entries (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    ledger TEXT NOT NULL,
    move TEXT NOT NULL,
    amount_vnd BIGINT NOT NULL,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    office_id UUID NOT NULL,
    courier_id UUID,
    agency_id UUID,
    item_id UUID,
    proof_id UUID,
    settlement_id UUID,
    corrects UUID,
    booked_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_money_entries PRIMARY KEY (province_code, id),
    CONSTRAINT ck_money_entries_amount CHECK (amount_vnd > 0),
    CONSTRAINT ck_money_entries_sides CHECK (debit <> credit),
    CONSTRAINT ck_money_entries_ledger CHECK (ledger IN ('state_fee', 'postage')),
    CONSTRAINT ck_money_entries_move CHECK (move IN ('due', 'collected', 'remitted', 'passed_on')),
    CONSTRAINT ck_money_entries_account CHECK (debit IN ('addressee', 'courier', 'office', 'owner') AND credit IN ('addressee', 'courier', 'office', 'owner'))
);

CREATE INDEX ix_money_entries_courier ON money_entries (province_code, courier_id, booked_on);

CREATE INDEX ix_money_entries_day ON money_entries (province_code, office_id, booked_on);

CREATE INDEX ix_money_entries_item ON money_entries (province_code, item_id);

CREATE UNIQUE INDEX ix_money_entries_corrects ON money_entries (province_code, corrects) WHERE corrects IS NOT NULL;

CREATE TABLE money_settlements (
    province_code TEXT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    office_id UUID NOT NULL,
    courier_id UUID,
    agency_id UUID,
    for_on DATE NOT NULL,
    expected_state_fee_vnd BIGINT NOT NULL,
    expected_postage_vnd BIGINT NOT NULL,
    counted_vnd BIGINT NOT NULL,
    note TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_money_settlements PRIMARY KEY (province_code, id),
    CONSTRAINT ck_money_settlements_kind CHECK (kind IN ('remittance', 'to_agency', 'kept')),
    CONSTRAINT ck_money_settlements_counted CHECK (counted_vnd >= 0)
);

CREATE INDEX ix_money_settlements_courier ON money_settlements (province_code, courier_id, for_on);

CREATE INDEX ix_money_settlements_day ON money_settlements (province_code, office_id, for_on);

CREATE TRIGGER money_entries_append_only BEFORE UPDATE OR DELETE ON money_entries
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();

CREATE TRIGGER money_entries_no_truncate BEFORE TRUNCATE ON money_entries
    FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only();

CREATE TRIGGER money_settlements_append_only BEFORE UPDATE OR DELETE ON money_settlements
    FOR EACH ROW EXECUTE FUNCTION buuta_append_only();

CREATE TRIGGER money_settlements_no_truncate BEFORE TRUNCATE ON money_settlements
    FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only();
