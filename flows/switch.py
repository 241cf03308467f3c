"""The dead man's switch: an automation of the Prefect server that calls the pages when no reminders were chosen by 09:00.

The server alone works it. Late is what the server calls a run that no worker takes up, so it fires where no worker lives too;
and the pages write the alert, so no flow has to run. The pages decide by the ledger whether anybody is to be told.
"""

from datetime import timedelta
from typing import Any

import httpx

from tasks.alarm import REMIND_BY, alarm_token
from tasks.settings import Settings

NAME = "reminders-stopped"
WITHIN = timedelta(minutes=90)
"""How long a run of `remind` may take from its beginning; that of 07:30 has until 09:00."""
BEGUN = ("Late", "Pending", "Running", "Cancelled")
"""What is heard of a run first: nobody took it up, a worker did, or it found its place taken and was cancelled."""
