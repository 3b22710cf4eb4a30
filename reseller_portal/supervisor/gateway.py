"""The test gateway beside the portal, unless the environment names another."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reseller_portal.supervisor.children import Child
from reseller_portal.supervisor.ports import listening_near
from reseller_portal.supervisor.state import State

ABOVE_THE_PORTAL = 10_000
OTHERS = ("STRIPE_SECRET_KEY", "STRIPE_API_BASE")


class Gateway:
    """The gateway of one state folder, on a port that listens already."""

    def __init__(self, state: State, portal_port: int, descriptor: int, port: int) -> None:
        self.state, self.port = state, port
        self.server = Child(
            "Gateway",
            [sys.executable, "-m", "reseller_portal.fake_gateway"]
            + ["--state", str(state.root / "gateway"), "--descriptor", str(descriptor)]
            + ["--webhook", f"http://127.0.0.1:{portal_port}/webhooks/stripe/"],
            log=state.log("gateway"),
            descriptors=(descriptor,),
        )

    @property
    def variables(self) -> Mapping[str, str]:
        """Return what leads the portal to it, and it to the portal."""
        return {
            "STRIPE_SECRET_KEY": f"sk_test_{self.state.secret('gateway-key')}",
            "STRIPE_WEBHOOK_SECRET": f"whsec_{self.state.secret('gateway-webhook-secret')}",
            "STRIPE_API_BASE": f"http://127.0.0.1:{self.port}",
        }


@contextmanager
def gateway_beside(state: State, portal_port: int) -> Iterator[Gateway | None]:
    """Hold a port for the gateway meanwhile; None when the environment names one."""
    if any(os.environ.get(name) for name in OTHERS):
        yield None
        return
    with listening_near(portal_port + ABOVE_THE_PORTAL) as listener:
        yield Gateway(state, portal_port, listener.fileno(), listener.getsockname()[1])
