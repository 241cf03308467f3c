"""The procedures, one per file, and the command line that runs them."""
