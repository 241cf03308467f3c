"""What can go wrong with a source; the message of each is shown to people as it is.

It follows the name of its source and a colon, so that it begins small and has no period at its end.
"""


class SourceFailed(Exception):
    """A source did not give what it should; the message says what was seen and, after a semicolon, the remedy."""


class SourceDidNotAnswer(SourceFailed):
    """The way to a source, or its server, failed in a manner that may pass; asking again later is worth it."""


class CollectingFailed(Exception):
    """Some sources did not give what they should, and the rest was taken in; the sentence names each and what is wrong."""


class SourcesDidNotAnswer(CollectingFailed):
    """All that failed was that sources did not answer, and the rest was taken in; the next run asks them again."""
