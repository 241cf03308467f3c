"""The revisions, each in a file whose name begins with its number."""
