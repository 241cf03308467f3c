"""How a source can fail."""


class SourceFailed(Exception):
    """A source did not give what it should; the message is one sentence that says what was seen, and the remedy."""


class SourceDidNotAnswer(SourceFailed):
    """The way to a source, or its server, failed in a manner that may pass: asking again later is worth it."""
