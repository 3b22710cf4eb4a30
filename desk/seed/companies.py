"""Resellers, their people and their partner organizations."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from desk.seed import words
from desk.seed.words import Place
from resellers.models import DistributionCompany, Reseller, User
from resellers.roles import Role

PASSWORD = "reseller-demo"  # noqa: S105 (printed at every start)
STAFF = "sam@vendor.example"
CAST = {
    "acme": (("alice", "Alice Arnold", Role.ADMIN), ("ann", "Ann Ackermann", Role.AGENT),
             ("bob", "Bob Brandt", Role.VIEWER)),
    "globex": (("charlie", "Charlie Cole", Role.ADMIN),),
}  # fmt: skip
LOGINS = (
    *(f"{name}@{domain}.example" for domain, cast in CAST.items() for name, _, _ in cast),
    STAFF,
)
TAXED_AT = 20  # the others owe the tax themselves
COLLEAGUES, LEFT = (Role.ADMIN, Role.AGENT, Role.AGENT, Role.AGENT, Role.VIEWER), 3


@dataclass
class Company:
    """One reseller with everyone and everything that its orders may name; nothing saved."""

    reseller: Reseller
    people: list[User] = field(default_factory=list)
    distributors: list[DistributionCompany] = field(default_factory=list)

    @cached_property
    def buyers(self) -> list[User]:
        """Return who may buy and still works there."""
        return [person for person in self.people if person.may_operate and person.is_active]

    @cached_property
    def leavers(self) -> list[User]:
        """Return who bought once and left."""
        return [person for person in self.people if not person.is_active]


def places(count: int) -> list[Place]:
    """Return where the resellers sit; Acme, Globex, then as many others as asked for."""
    known = (words.ACME, words.GLOBEX, *words.NEIGHBOURS)
    return [known[at] if at < len(known) else _one_more(at, known) for at in range(count)]


def _one_more(at: int, known: tuple[Place, ...]) -> Place:
    names, kinds = words.MORE_NAMES, words.MORE_KINDS
    turn, like = at // (len(names) * len(kinds)), known[at % len(known)]
    name = f"{names[at % len(names)]} {kinds[at // len(names) % len(kinds)]}"
    name = f"{name} {turn + 1}" if turn else name
    return Place(name, words.in_ascii(name, between="-"), like.currency, like.time_zone)


def _address(place: Place, random: Random) -> str:
    city = place.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{random.randint(1, 99)} {random.choice(words.STREETS)}\n{city}"


@dataclass
class Founding:
    """Makes the companies; ids count on from the given ones."""

    seed: int
    began: datetime
    reseller_id: int
    user_id: int
    distributor_id: int
    password: str

    def company(self, place: Place) -> Company:
        """Return one company with its people and partners."""
        random = Random(f"{self.seed}:company:{place.domain}")
        reseller = Reseller(
            id=self.reseller_id,
            name=place.company,
            currency=place.currency,
            time_zone=place.time_zone,
            address=_address(place, random),
            tax_number=f"VAT {random.randrange(10**8, 10**9)}",
            tax_rate=TAXED_AT if place in words.NEIGHBOURS[::4] else 0,
            created_at=self.began,
        )
        self.reseller_id += 1
        company = Company(reseller)
        self._add_people(company, place.domain, random)
        self._add_distributors(company, random)
        return company

    def staff(self) -> User:
        """Return the vendor's Sam."""
        rights = {"is_staff": True, "is_superuser": True}
        return self._user(STAFF, "Sam Staff", password=self.password, **rights)

    def _add_people(self, company: Company, domain: str, random: Random) -> None:
        cast = CAST.get(domain, ())
        for login, name, role in cast:
            company.people.append(
                self._user(
                    f"{login}@{domain}.example",
                    name,
                    password=self.password,
                    reseller=company.reseller,
                    role=role,
                )
            )
        firsts = random.sample(words.FIRST_NAMES, len(COLLEAGUES))
        for at, (first, role) in enumerate(zip(firsts, COLLEAGUES, strict=True)):
            name = f"{first} {random.choice(words.LAST_NAMES)}"
            email = f"{words.in_ascii(name, between='.')}@{domain}.example"
            left = at == LEFT
            company.people.append(
                self._user(email, name, reseller=company.reseller, role=role, is_active=not left)
            )

    def _user(self, email: str, name: str, *, password: str = "", **fields: object) -> User:
        unusable = UNUSABLE_PASSWORD_PREFIX + hashlib.sha256(email.encode()).hexdigest()[:40]
        user = User(
            id=self.user_id,
            email=email,
            name=name,
            password=password or unusable,
            created_at=self.began,
            **fields,
        )
        self.user_id += 1
        return user

    def _add_distributors(self, company: Company, random: Random) -> None:
        names = random.sample(words.DISTRIBUTORS, random.randint(3, 6))
        retired = self.began + timedelta(days=random.randint(500, 800))
        for at, name in enumerate(names):
            company.distributors.append(
                DistributionCompany(
                    id=self.distributor_id,
                    reseller=company.reseller,
                    name=name,
                    retired_at=retired if at == len(names) - 1 else None,
                )
            )
            self.distributor_id += 1
