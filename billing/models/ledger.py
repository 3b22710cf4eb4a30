"""A reseller's prepaid money, and the ledger of what moved it."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.querysets import AccountQuerySet, BalanceEntryQuerySet, VendorDetailsQuerySet
from billing.references import reference_of
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller, User

ZERO = Decimal("0.00")


class EntryKind(models.TextChoices):
    """What moved the balance."""

    DEPOSIT = "deposit", _("Deposit")
    PURCHASE = "purchase", _("Purchase")
    RENEWAL = "renewal", _("Renewal")
    REFUND = "refund", _("Refund")
    DEPOSIT_REFUND = "deposit_refund", _("Deposit refund")
    ADJUSTMENT = "adjustment", _("Adjustment")


SELDOM = (
    EntryKind.DEPOSIT,
    EntryKind.REFUND,
    EntryKind.DEPOSIT_REFUND,
    EntryKind.ADJUSTMENT,
)
TAXED = (EntryKind.PURCHASE, EntryKind.RENEWAL, EntryKind.REFUND)


class Account(models.Model):
    """The prepaid money of one reseller, in its currency: the row that is locked to move money.

    `next_sequence` numbers the next entry. A parked account neither buys, renews nor refunds until
    staff release it; `parked_because` is theirs to read. A trigger keeps `low_since`, the moment of
    the last crossing, while the balance is below `low_balance_below`, whatever moves either;
    `low_told_at` is when its mails were queued, and is emptied with it. `gateway_customer` is
    by what name the card gateway knows the reseller.
    """

    reseller = models.OneToOneField(Reseller, models.PROTECT, related_name="account")
    balance = models.DecimalField(
        _("balance"), max_digits=14, decimal_places=2, default=ZERO, editable=False
    )
    credit_limit = models.DecimalField(
        _("credit limit"),
        max_digits=14,
        decimal_places=2,
        default=ZERO,
        validators=[MinValueValidator(0)],
    )
    next_sequence = models.PositiveBigIntegerField(
        _("number of the next entry"), default=1, editable=False
    )
    low_balance_below = models.DecimalField(
        _("warned below"), max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO
    )
    low_since = models.DateTimeField(_("low since"), null=True, blank=True, editable=False)
    low_told_at = models.DateTimeField(_("told at"), null=True, blank=True, editable=False)
    parked_at = models.DateTimeField(_("parked at"), null=True, blank=True)
    parked_because = models.CharField(_("parked because"), max_length=500, blank=True)
    gateway_customer = models.CharField(max_length=100, blank=True, db_default="", editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("reseller__name",)
        constraints = [
            models.UniqueConstraint(fields=["reseller", "id"], name="account_of_reseller"),
            models.UniqueConstraint(
                fields=["gateway_customer"],
                name="account_one_gateway_customer",
                condition=~Q(gateway_customer=""),
            ),
            models.CheckConstraint(
                name="account_within_credit_limit",
                condition=Q(balance__gte=-F("credit_limit")),
            ),
            models.CheckConstraint(
                name="account_credit_limit_not_negative", condition=Q(credit_limit__gte=0)
            ),
            models.CheckConstraint(
                name="account_numbers_from_one", condition=Q(next_sequence__gte=1)
            ),
            models.CheckConstraint(
                name="account_parked_for_a_reason",
                condition=Q(parked_at=None, parked_because="")
                | (Q(parked_at__isnull=False) & ~Q(parked_because="")),
            ),
            models.CheckConstraint(
                name="account_low_while_below",
                condition=Q(low_since=None, low_told_at=None, balance__gte=F("low_balance_below"))
                | Q(low_since__isnull=False, balance__lt=F("low_balance_below")),
            ),
        ]
        indexes = [
            # the schedule: whom a low balance was not told yet
            models.Index(
                fields=["reseller"],
                name="account_low_untold",
                condition=Q(low_since__isnull=False, low_told_at=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.reseller)

    @property
    def currency(self) -> str:
        """Return the currency of all of its amounts."""
        return self.reseller.currency

    @property
    def available(self) -> Decimal:
        """Return what can be spent: the balance and the credit that is left."""
        return self.balance + self.credit_limit

    @property
    def credit_used(self) -> Decimal:
        """Return how much of the credit limit is used."""
        return max(-self.balance, ZERO)

    @property
    def transfer_reference(self) -> str:
        """Return what the reseller writes on a bank transfer, so that staff know whose it is."""
        return reference_of(self.pk)

    @property
    def is_low(self) -> bool:
        """Say whether the balance is below what the reseller is warned at."""
        return self.low_since is not None

    @property
    def is_parked(self) -> bool:
        """Say whether buying, renewing and refunds stop."""
        return self.parked_at is not None

    def missing_for(self, amount: Decimal) -> Decimal:
        """Return how much has to be deposited before an amount can be paid; zero if it can."""
        return max(amount - self.available, ZERO)


class VendorDetails(models.Model):
    """Who sells: what stands on receipts, and where transfers go. One row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200)
    address = models.TextField(_("address"), max_length=500)
    tax_number = models.CharField(_("tax number"), max_length=50, blank=True)
    bank_details = models.TextField(
        _("bank details"),
        max_length=500,
        blank=True,
        help_text=_("Resellers see them on the page of their balance."),
    )

    objects = VendorDetailsQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor details")
        verbose_name_plural = _("vendor details")
        constraints = [models.CheckConstraint(name="vendor_details_once", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name


class BalanceEntry(models.Model):
    """One movement of an account. Written once; a trigger refuses every change and deletion.

    `amount` is positive for money that comes in. `sequence` counts from 1 in each account: this is
    ledger order. `key` makes it one entry however often it is asked for. `reference` is what the
    reseller sees: an order number, for a renewal `<order number>/<license uuid>`, the bank's own
    reference of a transfer, or the reason of an adjustment. `tax_rate` is what a statement adds to
    the net amount of licenses. Without an actor it was a worker.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="entries", db_constraint=False, db_index=False
    )
    sequence = models.PositiveBigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=14, choices=EntryKind)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    balance_before = models.DecimalField(_("balance before"), max_digits=14, decimal_places=2)
    balance_after = models.DecimalField(_("balance after"), max_digits=14, decimal_places=2)
    key = models.CharField(_("key"), max_length=200, unique=True)
    reference = models.CharField(_("reference"), max_length=200)
    tax_rate = models.DecimalField(
        _("tax rate in per cent"), max_digits=5, decimal_places=2, default=0, db_default=0
    )
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("date"), default=timezone.now)

    objects = BalanceEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance entry")
        verbose_name_plural = _("balance entries")
        ordering = ("-id",)
        constraints = [
            SameReseller(field="account", name="entry_account_same_reseller"),
            models.UniqueConstraint(fields=["account", "sequence"], name="entry_number_once"),
            models.CheckConstraint(name="entry_numbers_from_one", condition=Q(sequence__gte=1)),
            models.CheckConstraint(
                name="entry_adds_up",
                condition=Q(balance_after=F("balance_before") + F("amount")),
            ),
            models.CheckConstraint(
                name="entry_sign_fits_kind",
                condition=Q(kind="deposit", amount__gt=0)
                | Q(kind="deposit_refund", amount__lt=0)
                | Q(kind__in=["purchase", "renewal"], amount__lte=0)
                | Q(kind="refund", amount__gte=0)
                | (Q(kind="adjustment") & ~Q(amount=0)),
            ),
            models.CheckConstraint(
                name="entry_tax_rate_fits_kind",
                condition=Q(tax_rate=0) | Q(kind__in=TAXED, tax_rate__gt=0, tax_rate__lte=100),
            ),
            models.CheckConstraint(
                name="entry_says_what_for", condition=~Q(key="") & ~Q(reference="")
            ),
        ]
        indexes = [
            # the balance, the newest first
            models.Index(fields=["reseller", "-sequence", "-id"], name="entry_newest"),
            # the balance in some days; statements
            models.Index(fields=["reseller", "-at", "-sequence"], name="entry_at"),
            # what was deposited, and how much of it was sent back
            models.Index(
                fields=["reseller", "-sequence", "-id"],
                name="entry_seldom",
                condition=Q(kind__in=SELDOM),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sequence}"

    @property
    def order_number(self) -> str:
        """Return the number of the order that it was for; empty for money in or out."""
        is_of_order = self.kind in {EntryKind.PURCHASE, EntryKind.RENEWAL, EntryKind.REFUND}
        return self.reference.partition("/")[0] if is_of_order else ""
