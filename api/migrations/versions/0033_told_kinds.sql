-- Policies saved before there were these kinds: who was told of a delivery must hear that it was withdrawn.

UPDATE notification_policies
SET kinds = kinds || ARRAY(SELECT kind FROM unnest(ARRAY['corrected', 'collected']) AS kind WHERE kind <> ALL (kinds))
WHERE 'delivered' = ANY (kinds);
