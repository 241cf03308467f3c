"""The steps of the flows: thin Prefect tasks, one per verb, and the plain functions that the read-only commands share."""
