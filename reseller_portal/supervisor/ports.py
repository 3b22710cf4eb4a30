"""Loopback ports, taken before anything is started and handed to the process that serves there."""

import socket

from reseller_portal.supervisor.problems import CannotRunError

HIGHEST_PORT = 65_535


def listening(port: int) -> socket.socket:
    """Return a socket that listens on the port; raise CannotRunError if something else does.

    Whoever serves it, and who comes after a crash, is given its descriptor.
    """
    try:
        return _bound(port)
    except OSError as error:
        raise CannotRunError(
            f"Port {port} cannot be used ({error.strerror}). Stop what uses it, or choose another: "
            "`make run PORT=8001`."
        ) from None


def listening_near(port: int) -> socket.socket:
    """Return a socket that listens on the port, or on any other that is free."""
    if port <= HIGHEST_PORT:
        try:
            return _bound(port)
        except OSError:
            pass
    return _bound(0)


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener
