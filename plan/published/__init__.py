"""A published plan document becomes a plan file: text in, text out. What is not sure is said, and nothing is dropped."""
