"""What people change most, each as the whole POST that the browser sends."""

from collections.abc import Iterator
from statistics import median
from uuid import uuid4

from desk.bench.ground import ALL_DAYS, FULL, Ground, acme, moment
from desk.bench.rows import Figure, row
from desk.bench.timing import timed
from licenses.models import License
from orders.models import Order

ANSWERS = {200, 204, 303}
ROUNDS = 8

Deed = tuple[str, dict[str, str]]


def deeds(rounds: int) -> dict[str, list[Deed]]:
    """Return addresses and forms, by what they do; each is sent once."""
    licenses = License.objects.for_reseller(acme()).order_by("-pk")
    unused = list(licenses.without_sent_link()[: 2 * rounds])  # of a kept database: those left
    used = licenses.activated().filter(cancelled_at=None, ends_on__gte=acme().day_of(moment()))
    orders = Order.objects.for_reseller(acme()).filter(state="processed").order_by("?")[:rounds]
    customer = {"customer": "existing", "email": acme().customers.latest("pk").email}
    return {
        "activate": [(_of(license, "activate"), customer) for license in unused[:rounds]],
        "send_link": [(_of(license, "send-link"), _letter()) for license in unused[rounds:]],
        "billing_state": [
            (_of(license, "billing-state"), {"recurrent": str(not license.recurrent).lower()})
            for license in used[:rounds]
        ],
        "resend_email": [(f"/orders/{order.number}/resend-email/", {}) for order in orders],
        "export": [(f"/exports/orders/?{ALL_DAYS}", {})] * rounds,
    }


def _of(license: License, verb: str) -> str:
    return f"/licenses/{license.uuid}/{verb}/"


def _letter() -> dict[str, str]:
    email = f"{uuid4().hex}@bench.example"
    return {"email": email, "name": "A. Reader", "words": "", "key": str(uuid4()), "seen": "0"}


def posted(ground: Ground, sent: list[Deed]) -> Iterator[float]:
    """Send each and yield how long it took. Raises ValueError for one that was refused."""
    client = ground.client(FULL)
    for address, form in sent:
        with timed() as watch:
            answer = client.post(address, form)
        if answer.status_code not in ANSWERS:
            raise ValueError(f"{address} answered {answer.status_code}")
        yield watch.seconds * 1000


@row("the slowest of what is changed most, the whole POST", "ms", at_most=100, aim=True)
def slowest_post_ms(ground: Ground) -> Figure:
    """Take the median of each, and the slowest of these."""
    with ground.on(FULL):
        taken = {f"{name}_ms": median(posted(ground, sent)) for name, sent in deeds(ROUNDS).items()}
    return Figure(max(taken.values()), taken)
