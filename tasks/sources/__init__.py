"""Where figures come from: one module for each kind of source, and one for the way to an address."""
