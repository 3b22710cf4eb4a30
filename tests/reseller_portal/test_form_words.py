"""Forms say what to do, in the portal's words."""

from typing import Any

import pytest
from django import forms

from reseller_portal.form_words import WORDS
from tests.people.test_names import every_form
from tests.project.test_architecture import APPS

STOCK = ("Ensure", "Enter a", "Select a", "This field", "Null char", "is not a valid")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (forms.CharField(), "", "Fill this in."),
        (forms.CharField(max_length=3), "four", "Shorten this to at most 3 characters (now 4)."),
        (forms.CharField(), "a\0", "Type this anew"),
        (forms.IntegerField(), "1.5", "Give a whole number, such as 10."),
        (forms.IntegerField(min_value=2), "1", "Give 2 or more."),
        (forms.DecimalField(max_digits=3, decimal_places=2), "1234", "at most 3 digits."),
        (forms.DecimalField(max_digits=3, decimal_places=2), "12", "at most 1 digits before"),
        (forms.DecimalField(max_digits=3, decimal_places=2), "1,5", "Give a number"),
        (forms.EmailField(), "nina", "Give a whole e-mail address"),
        (forms.UUIDField(), "x", "Open this page anew"),
        (forms.BooleanField(), "", "Tick the box"),
        (forms.ChoiceField(choices=[("a", "A")]), "b", "Choose one of the list."),
        (forms.MultipleChoiceField(choices=[("a", "A")]), ["b"], "Choose only what is in"),
    ],
)
def test_a_field_says_what_to_do(field: forms.Field, typed: Any, said: str) -> None:
    with pytest.raises(forms.ValidationError) as wrong:
        field.clean(typed)
    assert [said in message for message in wrong.value.messages] == [True]


def test_every_field_of_every_form_learned_these_words() -> None:
    said = {
        f"{form.__module__}.{form.__qualname__}.{name}: {sentence}"
        for form in every_form(forms.BaseForm)
        if form.__module__.split(".")[0] in APPS
        for name, field in getattr(form, "base_fields", {}).items()
        for sentence in field.error_messages.values()
        if str(sentence).startswith(STOCK)
    }
    assert said == set()
    assert set(WORDS) > {forms.Field, forms.ChoiceField}
