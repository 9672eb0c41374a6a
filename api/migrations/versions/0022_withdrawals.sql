-- Papers that their agency asked back: before the post had them, and after.

ALTER TABLE items
    ADD COLUMN recalled_at TIMESTAMP WITH TIME ZONE,
    DROP CONSTRAINT ck_items_status,
    ADD CONSTRAINT ck_items_status CHECK (status IN ('accepted', 'ready', 'planned', 'out', 'delivered', 'attempt_failed', 'held', 'forwarded', 'returning', 'returned', 'collected', 'handed_in', 'lost', 'withdrawn')) NOT VALID;

ALTER TABLE items VALIDATE CONSTRAINT ck_items_status;
