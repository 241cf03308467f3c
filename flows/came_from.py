"""By which way a command's changes come in, as the audit log keeps it."""

import os
import pwd
import socket


def command_line() -> str:
    """Return who runs a command on which machine, as in "command line of ana@planning"; a user without a name by number.

    The system's own word is taken: what the environment calls the user, anybody can set.
    """
    user = os.getuid()
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:  # as in a container that runs under any number
        name = str(user)
    return f"command line of {name}@{socket.gethostname()}"
