"""Codes that licenses had before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from licenses.models.license import License
from reseller_portal.constraints import SameReseller
from resellers.models import Reseller
from resellers.querysets import ResellerQuerySet


class ReplacedCode(models.Model):
    """A code that was taken from its license; a trigger keeps every license from having it again.

    `number` counts the codes of the license, as `License.code_number` does.
    """

    reseller = models.ForeignKey(Reseller, models.PROTECT, related_name="+", db_index=False)
    license = models.ForeignKey(
        License, models.PROTECT, related_name="replaced_codes", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(
        _("activation code"), max_length=40, unique=True, editable=False, db_collation="C"
    )
    replaced_at = models.DateTimeField(_("replaced at"))

    objects = ResellerQuerySet["ReplacedCode"].as_manager()

    class Meta:
        verbose_name = _("replaced code")
        verbose_name_plural = _("replaced codes")
        ordering = ("license", "number")
        constraints = [
            SameReseller(field="license", name="replaced_code_license_same_reseller"),
            models.UniqueConstraint(fields=["license", "number"], name="replaced_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.license_id}: {self.number}"
