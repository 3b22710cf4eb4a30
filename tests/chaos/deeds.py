"""What people do in the portal, each deed from its page to its end."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from desk.seed.companies import PASSWORD
from tests.chaos.browser import Browser
from tests.chaos.journal import Journal
from tests.chaos.post import PostOffice

NUMBER = re.compile(r"/orders/(\d{10})/")
LICENSE = re.compile(r"/(?:licenses|activations)/([0-9a-f-]{36})/")
LINK = re.compile(r"/activate/[0-9A-Z-]+/")
REFUND = re.compile(r"/admin/orders/refund/(\d+)/")
ALL_DAYS = "/orders/?date_from=&date_to="
LISTS = (
    *("/", ALL_DAYS, "/activations/", "/customers/", "/renewals/", "/renewals/notices/"),
    *("/balance/", "/payments/", "/exports/", "/bulk-changes/", "/mails/", "/prices/"),
)
WITH_LICENSES = ("/renewals/", "/activations/")
EXPORTS = (
    "/exports/orders/?date_from=&date_to=",
    "/exports/license-keys/?date_from=&date_to=",
    "/exports/activations/",
    "/exports/customers/",
)


@dataclass
class Person:
    """Somebody at a browser, who chooses by a generator of their own."""

    browser: Browser
    random: Random
    journal: Journal
    post: PostOffice
    products: list[str]

    def found(self, path: str, pattern: re.Pattern[str]) -> list[str]:
        """Return what a page names, in its order."""
        return list(dict.fromkeys(pattern.findall(self.browser.get(path, "look").text)))

    def one_of(self, path: str, pattern: re.Pattern[str]) -> str:
        """Return one of what a page names, empty for none."""
        return self.random.choice(self.found(path, pattern) or [""])


def sign_in(browser: Browser, journal: Journal) -> None:
    """Sign in, unless the session goes on. Raises Broken."""
    if browser.is_in:
        return
    form = browser.form_on("/accounts/login/", "login", "sign in")
    if form is not None:
        browser.send(form, "sign in", login=browser.who, password=PASSWORD)
        journal.count("sign in")
    browser.is_in = True


def look(person: Person) -> None:
    """Open a list."""
    person.browser.get(person.random.choice(LISTS), "look")


def buy_by_balance(person: Person) -> None:
    """Buy some licenses from the balance."""
    _buy(person, {"payment_type": "balance"}, "buy by balance")


def buy_by_card(person: Person) -> None:
    """Buy some licenses with the first card."""
    page = person.browser.get("/orders/buy/", "look").text
    card = re.search(r'<option value="(\d+)"[^>]*>[^<]*4242', page)
    if card:
        _buy(person, {"payment_type": "card", "card": card[1]}, "buy by card")


def _buy(person: Person, chosen: dict[str, str], deed: str) -> None:
    quantity = str(person.random.randint(1, 4))
    product = person.random.choice(person.products)
    query = f"/orders/buy/?product={product}&term=12&quantity={quantity}"
    form = person.browser.form_on(query, "expected_amount", deed)
    if form is None:
        return
    recurrent = {"recurrent": "on"} if person.random.random() < 0.5 else {}
    answer = person.browser.send(form, deed, **chosen, **recurrent)
    number = NUMBER.search(answer.location)
    if number:
        person.journal.promise(form.values["key"], number[1])
        person.journal.count(deed)
        if person.random.random() < 0.3:  # Back, and once more
            again = person.browser.send(form, deed, **chosen, **recurrent)
            if number[1] not in again.location:
                person.journal.surprise(f"one form led to {number[1]} and then {again.location}")


def deposit(person: Person) -> None:
    """Fill up the balance by card."""
    form = person.browser.form_on("/balance/deposit/", "key", "deposit")
    if form is not None:
        amount = f"{person.random.randint(10, 90)}.00"
        answer = person.browser.send(form, "deposit", amount=amount)
        person.journal.count("deposit" if answer.status == 303 else "deposit refused")


def renew(person: Person) -> None:
    """Renew a license by hand, if it can be."""
    license = person.one_of(person.random.choice(WITH_LICENSES), LICENSE)
    form = license and person.browser.form_on(f"/licenses/{license}/renew/", "number", "renew")
    if form:
        answer = person.browser.send(form, "renew")
        person.journal.count("renew" if answer.status == 303 else "renew refused")


def turn(person: Person) -> None:
    """Turn auto-renew on or off."""
    license = person.one_of(person.random.choice(WITH_LICENSES), LICENSE)
    path = f"/licenses/{license}/billing-state/"
    form = license and person.browser.form_on(path, "recurrent", "turn")
    if form:
        answer = person.browser.send(form, "turn")
        person.journal.count("turn" if answer.status == 303 else "turn refused")


def change_many(person: Person) -> None:
    """Turn auto-renew on or off, or renew, for some licenses at once."""
    where = person.random.choice(WITH_LICENSES)
    licenses = person.found(where, LICENSE)
    chosen = person.random.sample(licenses, min(len(licenses), 12))
    verb = person.random.choice(("turn_on", "turn_off", "renew"))
    query = "&".join([f"do={verb}", *(f"license={each}" for each in chosen)])
    path = f"{where}bulk-change/?{query}"
    form = chosen and person.browser.form_on(path, "expected", "bulk change")
    if form:
        answer = person.browser.send(form, "bulk change")
        is_begun = answer.location.startswith("/bulk-changes/")
        person.journal.count("bulk change" if is_begun else "bulk change refused")


def export(person: Person) -> None:
    """Ask for a file, and take it if it is ready soon."""
    path = person.random.choice(EXPORTS)
    answer = person.browser.post(path, person.browser.token, "export")
    if answer.status != 303:
        return
    person.journal.count("export")
    for _ in range(5):
        time.sleep(0.5)
        file = person.browser.get(f"{answer.location}download/", "download")
        if file.status == 200:
            person.journal.count("download")
            return


def ask_refund(person: Person) -> None:
    """Ask for a license's money back."""
    bought = set(person.journal.promised.values())  # the gateway knows nothing of sample data
    mine = [number for number in person.found(ALL_DAYS, NUMBER) if number in bought]
    number = person.random.choice(mine or [""])
    license = number and person.one_of(f"/orders/{number}/license-keys/", LICENSE)
    path = f"/orders/{number}/refund/?license={license}"
    form = license and person.browser.form_on(path, "reason", "ask refund")
    if form:
        answer = person.browser.send(form, "ask refund", reason="The customer does not need it.")
        person.journal.count("ask refund" if answer.status == 303 else "refund not asked")


def approve_refund(person: Person) -> None:
    """Pay back what was asked for, as staff do."""
    refund = person.one_of("/admin/orders/refund/?state__exact=asked", REFUND)
    path = f"/admin/orders/refund/{refund}/approve-refund/"
    form = refund and person.browser.form_on(path, "csrfmiddlewaretoken", "approve refund")
    if form:
        answer = person.browser.send(form, "approve refund")
        person.journal.count("approve refund" if answer.status == 302 else "refund not approved")


def activate(person: Person) -> None:
    """Open a link that came by mail, and activate the license."""
    links = LINK.findall(person.post.some_text(person.random))
    if not links:
        return
    link = person.random.choice(links)
    form = person.browser.form_on(link, "terms_version", "activate")
    if form is None:
        return
    who = f"customer-{person.random.randint(1, 300)}"
    answer = person.browser.send(
        form,
        "activate",
        company=who.title(),
        name=f"Kim of {who}",
        email=f"{who}@nova.example",
        country="DE",
        terms="on",
    )
    person.journal.count("activate" if answer.status == 303 else "link used before")


Deed = Callable[[Person], None]
OPERATING: tuple[Deed, ...] = (look, buy_by_balance, renew, turn, change_many, export)
ADMINISTERING: tuple[Deed, ...] = (look, buy_by_card, deposit, ask_refund, export, change_many)
RENEWING: tuple[Deed, ...] = (renew, turn, change_many)
CUSTOMERS = ("nina@nova.example", "omar@nova.example")
CAST: tuple[tuple[str, tuple[Deed, ...]], ...] = (
    *[("alice@acme.example", ADMINISTERING)] * 2,
    *[("ann@acme.example", OPERATING)] * 2,
    ("charlie@globex.example", (*OPERATING, *ADMINISTERING)),
    ("sam@vendor.example", (approve_refund,)),
    *[(customer, (activate,)) for customer in CUSTOMERS],
)
