"""The gateway as one object: its parts, its clock, its address."""

import time
from pathlib import Path

from reseller_portal.fake_gateway.api import Api
from reseller_portal.fake_gateway.call import Call
from reseller_portal.fake_gateway.faults import Faults
from reseller_portal.fake_gateway.parameters import Parameters
from reseller_portal.fake_gateway.store import Store
from reseller_portal.fake_gateway.webhooks import Webhooks


class Gateway:
    """A gateway at the address `base`; what it knows lies in the file `path`."""

    def __init__(
        self, path: Path, base: str, *, secret_key: str, webhook_secret: str, webhook_url: str
    ) -> None:
        self.base = base
        self.store = Store(path)
        self.faults = Faults()
        self.api = Api(self.store, secret_key, self.faults)
        self.webhooks = Webhooks(self.store, webhook_url, webhook_secret)

    def now(self) -> float:
        """Return what its clock shows: the real time and an offset that can be set."""
        return time.time() + float(self.store.note("clock", 0))

    def call(self) -> Call:
        """Return a call of the gateway's own, as one of its pages makes it."""
        return Call(self.store, Parameters({}), self.now(), self.base)

    def reset(self) -> None:
        """Forget everything: objects, answers, deliveries, faults, clock, requests."""
        self.faults.clear()
        self.store.empty()
        self.api.requests.clear()
