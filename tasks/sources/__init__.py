"""Sources of measures: where figures are fetched from, and how."""
