"""What forms say about bad input, unless a field says it better: what to do, not what is wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

TYPE_ANEW = _(
    "Type this anew, in letters that can be seen: there are characters in it that are invisible, "
    "or that turn the direction of the text."
)
CHOOSE = _("Choose one of the list.")
CHOOSE_SOME = _("Choose only what is in the list.")
WHOLE_NUMBER = _("Give a whole number, such as 10.")
A_DAY = _("Give a day that exists, such as 2026-11-24.")
A_TIME = _("Give a time of the day, such as 14:30.")
WORDS: dict[Any, dict[str, Any]] = {
    forms.Field: {
        "required": _("Fill this in."),
        "max_length": _("Shorten this to at most %(limit_value)d characters (now %(show_value)d)."),
        "min_length": _("Give at least %(limit_value)d characters (now %(show_value)d)."),
        "min_value": _("Give %(limit_value)s or more."),
        "max_value": _("Give %(limit_value)s or less."),
        "max_digits": _("Give a number with at most %(max)d digits."),
        "max_whole_digits": _("Give a number with at most %(max)d digits before the point."),
        "max_decimal_places": _("Give at most %(max)d digits after the point."),
        "null_characters_not_allowed": TYPE_ANEW,
    },
    forms.IntegerField: {"invalid": WHOLE_NUMBER},
    forms.FloatField: {"invalid": _("Give a number, such as 2.5.")},
    forms.DecimalField: {"invalid": _("Give a number, such as 2.5.")},
    forms.DateField: {"invalid": A_DAY},
    forms.TimeField: {"invalid": A_TIME},
    forms.DateTimeField: {"invalid": _("Give a day and a time, such as 2026-11-24 14:30.")},
    forms.SplitDateTimeField: {"invalid_date": A_DAY, "invalid_time": A_TIME},
    forms.EmailField: {
        "invalid": _("Give a whole e-mail address, such as name@company.example."),
    },
    forms.SlugField: {"invalid": _("Use letters without accents, digits, - and _ alone.")},
    forms.UUIDField: {"invalid": _("Open this page anew: what it was to send is not right.")},
    forms.BooleanField: {"required": _("Tick the box to go on.")},
    forms.ChoiceField: {"required": CHOOSE, "invalid_choice": CHOOSE},
    forms.MultipleChoiceField: {"invalid_choice": CHOOSE_SOME, "invalid_list": CHOOSE_SOME},
    forms.ModelChoiceField: {"invalid_choice": CHOOSE},
    forms.ModelMultipleChoiceField: {
        "invalid_choice": CHOOSE_SOME,
        "invalid_list": CHOOSE_SOME,
        "invalid_pk_value": CHOOSE_SOME,
    },
}


def speak() -> None:
    """Let Django's fields begin with these words, before any form is made."""
    for kind, words in WORDS.items():
        kind.default_error_messages = {**vars(kind).get("default_error_messages", {}), **words}
