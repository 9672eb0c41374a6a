-- When an endpoint last took a message, when it last did not, and why.

ALTER TABLE feedback_endpoints
    ADD COLUMN last_success_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN last_failure_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN last_failure TEXT;
