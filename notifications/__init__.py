"""From intentions to mail: what a digest says, how it is sent, and that it is sent once."""
