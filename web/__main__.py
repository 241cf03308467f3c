"""Serve the pages: `python -m web`. The only place here that reads the clock."""

import argparse
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address

import uvicorn

from tasks.hints import hinting
from tasks.settings import Settings, SettingsRefused, read_settings
from web.app import create_app
from web.desk import KeptFiles

HOST, PORT = "127.0.0.1", 8765


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; return the exit code."""
    given = _read(arguments)
    try:
        settings = read_settings()
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    try:
        listening = listen(given.host, given.port)
    except OSError as error:
        print(
            f"{given.host}, port {given.port}, cannot be used ({error.strerror}); give another --host or --port.",
            file=sys.stderr,
        )
        return 3
    with listening:
        print(_announced(settings, given.host, listening), flush=True)
        server(settings).run(sockets=[listening])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Open the socket that pages are asked for on; port 0 takes any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def server(settings: Settings, *, now: Callable[[], datetime] | None = None) -> uvicorn.Server:
    """Return a server of the pages, which judges by today's date where the plan is kept.

    Args:      now: gives the instant; None: the clock's
    """
    files, tell = KeptFiles(settings), now or _now
    app = create_app(settings, today=lambda: files.today(tell()), now=tell, answered=hinting(tell))
    # Whose word about who asks is taken, web/client.py decides: uvicorn would take that of any proxy on this machine.
    return uvicorn.Server(
        uvicorn.Config(app, proxy_headers=False, server_header=False, access_log=False, log_level="warning", lifespan="off")
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m web", description="Serve the pages of the plan.")
    parser.add_argument("--host", default=HOST, help=f"the address to listen on (default {HOST}: this machine only)")
    parser.add_argument(
        "--port",
        type=int,
        choices=range(65536),
        metavar="PORT",
        default=PORT,
        help=f"the port to listen on (default {PORT}; 0: any free one)",
    )
    return parser.parse_args(arguments)


def _announced(settings: Settings, host: str, listening: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    address = f"The pages: http://{name}:{listening.getsockname()[1]}"
    if settings.admin_password.get_secret_value() or settings.admin_header or _is_loopback(host):
        return address
    return f"{address}\nThey are shown to this machine only, until PLANKEEPER_ADMIN_PASSWORD is set."


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    sys.exit(main())
