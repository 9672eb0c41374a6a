-- A courier works for another office on these days; his own has him on all others.

CREATE TABLE courier_loans (
	province_code TEXT NOT NULL,
	courier_id UUID NOT NULL,
	on_day DATE NOT NULL,
	office_id UUID NOT NULL,
	lent_by TEXT NOT NULL,
	lent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_courier_loans PRIMARY KEY (province_code, courier_id, on_day),
	CONSTRAINT fk_courier_loans_province_code_courier_id FOREIGN KEY(province_code, courier_id) REFERENCES couriers (province_code, id),
	CONSTRAINT fk_courier_loans_province_code_office_id FOREIGN KEY(province_code, office_id) REFERENCES offices (province_code, id)
);

CREATE INDEX ix_courier_loans_day ON courier_loans (province_code, on_day);
