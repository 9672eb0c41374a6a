"""The floor: database session, ids, coded errors, calendar, object storage, jobs."""
