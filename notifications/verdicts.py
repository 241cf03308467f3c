"""How handing a mail over can fail; each failure carries the sentence that says why."""


class MailError(Exception):
    """A mail was not handed over; the sentence says why."""


class MailRefused(MailError):
    """The server refused the mail for ever; ask who runs it what it has against the mail."""


class AddressRefused(MailRefused):
    """The server takes mail for others and not for this address; correct it in owners.yaml."""


class MailDeferred(MailError):
    """The server did not take the mail now; it is tried again by the retry plan."""


class MailServerUnreachable(MailDeferred):
    """The mail server does not answer, so no mail is tried now; all wait for the next run."""


class MailNotDelivered(MailError):
    """Letters reached nobody for good; see `plankeeper outbox list`, and correct the addresses or the mail server."""


class MailMisconfigured(MailError):
    """No mail can go out as things are set up; correct PLANKEEPER_SMTP_URL, PLANKEEPER_MAIL_FROM or the server."""


class MailInDoubt(MailError):
    """The mail was on its way and nothing was heard: it may have been accepted, so it is not sent again blindly."""


class ClaimLost(MailError):
    """The claim was lost before the letter was handed over: its lease ran out, or somebody took it over; nothing was sent."""
