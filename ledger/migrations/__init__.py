"""The migrations of the tables, run by ledger.revisions."""
