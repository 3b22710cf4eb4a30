"""Resellers, their people, their partner organizations, and the record of who did what."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from resellers.querysets import DistributionCompanyQuerySet, ResellerQuerySet
from resellers.roles import RIGHTS, Right, Role


class Currency(models.TextChoices):
    """The currencies that a reseller may be billed in; all have two decimal places."""

    EUR = "EUR", _("Euro")
    USD = "USD", _("US dollar")
    GBP = "GBP", _("Pound sterling")
    CHF = "CHF", _("Swiss franc")
    CAD = "CAD", _("Canadian dollar")
    AUD = "AUD", _("Australian dollar")
    PLN = "PLN", _("Polish zloty")


def known_time_zone(name: str) -> None:
    """Raise ValidationError unless the tz database knows the name."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/Berlin."),
            params={"name": name},
        )


class Reseller(models.Model):
    """A company that buys licenses and passes them on: the tenant.

    `address`, `tax_number` and `tax_rate` stand on receipts and statements; a rate of 0 is reverse
    charge. Prices and the balance are net. A purchase begins with the defaults.
    """

    name = models.CharField(_("name"), max_length=200, unique=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[known_time_zone])
    address = models.TextField(_("address"), max_length=500, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=50, blank=True)
    tax_rate = models.DecimalField(
        _("tax rate in per cent"),
        max_digits=5,
        decimal_places=2,
        default=0,
        db_default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("0 is reverse charge: the reseller owes the tax."),
    )
    default_term_months = models.PositiveSmallIntegerField(
        _("usual term in months"), null=True, blank=True
    )
    default_payment_type = models.CharField(
        _("usual payment"), max_length=10, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reseller")
        verbose_name_plural = _("resellers")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="reseller_tax_rate_sensible",
                condition=models.Q(tax_rate__gte=0, tax_rate__lte=100),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which this reseller's days begin and end."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day of a moment, as this reseller sees it."""
        return moment.astimezone(self.zone).date()

    def day_begins(self, day: date) -> datetime:
        """Return the first moment of a day of this reseller."""
        return datetime.combine(day, time.min, tzinfo=self.zone)

    def day_ends(self, day: date) -> datetime:
        """Return the first moment after a day of this reseller."""
        return self.day_begins(day + timedelta(days=1))


class UserManager(BaseUserManager["User"]):
    """Makes people."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by e-mail, whatever its case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person of a reseller; without a password nobody can sign in.

        E-mail addresses are kept in lower case: whoever types one need not remember its case.
        """
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a member of the vendor's staff who may do everything in the admin site."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of one reseller with one role; vendor staff have no reseller and no role.

    `session_epoch` is raised to end all of the person's sessions at once.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, blank=True, related_name="users"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, blank=True)
    is_staff = models.BooleanField(_("vendor staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "id"], name="user_of_reseller"),
            models.CheckConstraint(
                name="user_email_lower_case", condition=models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="user_of_reseller_or_staff",
                condition=models.Q(is_staff=True, reseller=None, role="")
                | models.Q(is_staff=False, reseller__isnull=False, role__in=Role.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must match: a new password or a new epoch ends it."""
        facts = f"{self.session_epoch}:{self.password}"
        return salted_hmac(
            "resellers.User.session", facts, secret=secret, algorithm="sha256"
        ).hexdigest()

    def get_full_name(self) -> str:
        """Return the name by which the person is shown."""
        return self.name

    def may(self, right: Right) -> bool:
        """Say whether the person's role holds a right of the role table."""
        return right in RIGHTS.get(self.role, frozenset())

    @property
    def may_see_codes(self) -> bool:
        """Say whether activation codes and links may be shown to this person."""
        return self.may(Right.SEE_CODES)

    @property
    def may_operate(self) -> bool:
        """Say whether this person may resend, activate and change billing states."""
        return self.may(Right.OPERATE)

    @property
    def may_administer(self) -> bool:
        """Say whether this person looks after people, settings, mails and the record."""
        return self.may(Right.ADMINISTER)


class DistributionCompany(models.Model):
    """A partner organization of a reseller, picked at purchase; retired, never deleted."""

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="distribution_companies")
    name = models.CharField(_("name"), max_length=200)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    is_default = models.BooleanField(
        _("picked unless another one is"), default=False, db_default=False, editable=False
    )

    objects = DistributionCompanyQuerySet["DistributionCompany"].as_manager()

    class Meta:
        verbose_name = _("distribution company")
        verbose_name_plural = _("distribution companies")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint("reseller", Lower("name"), name="distribution_company_once"),
            models.UniqueConstraint(
                fields=["reseller", "id"], name="distribution_company_of_reseller"
            ),
            models.UniqueConstraint(
                fields=["reseller"],
                name="distribution_company_default_once",
                condition=models.Q(is_default=True),
            ),
            models.CheckConstraint(
                name="distribution_company_default_in_use",
                condition=models.Q(is_default=False) | models.Q(retired_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """Who did what to which thing, when and from where. Written once, never changed.

    `about` is the public id of the thing (order number, license UUID). `changes` never holds
    activation codes, links, tokens or passwords.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, null=True, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(_("verb"), max_length=50)
    about = models.CharField(_("about"), max_length=64)
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ResellerQuerySet["AuditEvent"].as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-at", "-id")
        indexes = [
            # the history of an order or a license
            models.Index(fields=["reseller", "about", "at"], name="audit_about"),
            # who did what, the newest first
            models.Index(fields=["reseller", "-at", "-id"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.about}"
