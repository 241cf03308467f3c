"""What reads a source's table, one module per kind of source; what it cannot read is a sentence with the remedy."""
