"""The memory: facts, judgements, what was told, and the outbox, in SQLite or PostgreSQL. No rule lives here."""
