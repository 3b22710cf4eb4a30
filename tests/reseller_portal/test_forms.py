"""Every form has labels, hints and errors that belong to their fields."""

from datetime import date
from typing import ClassVar

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string

from reseller_portal.form_renderer import Renderer


class Order(forms.Form):
    email = forms.EmailField(label="E-mail address", help_text="We write to it.")
    note = forms.CharField(label="Note", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="I agree")


class Search(forms.Form):
    all_optional: ClassVar[bool] = True
    text = forms.CharField(label="Text", required=False)


def test_a_field_names_its_hint_and_its_error() -> None:
    html = str(Order({"email": "no <address>"}))
    assert '<label for="id_email">E-mail address</label>' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-invalid="true"' in html


def test_what_was_typed_is_kept() -> None:
    assert 'value="no &lt;address&gt;"' in str(Order({"email": "no <address>"}))


def test_the_summary_leads_to_each_field_that_is_wrong() -> None:
    html = str(Order({"email": "no"}))
    assert 'href="#id_email">E-mail address: Give a whole e-mail address, such as ' in html
    assert 'href="#id_kind_0"' in html or 'href="#id_kind"' in html
    assert 'href="#id_agreed"' in html


def test_an_error_of_the_whole_form_stands_in_the_summary() -> None:
    form = Order({})
    form.add_error(None, "Both cannot be.")
    assert "<li>Both cannot be.</li>" in str(form)


def test_a_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in str(Order())


def test_choices_are_a_group_with_a_legend() -> None:
    html = str(Order())
    assert "<fieldset" in html
    assert "<legend>Kind</legend>" in html


def test_a_checkbox_stands_before_its_label() -> None:
    html = str(Order())
    assert html.index('name="agreed"') < html.index('<label for="id_agreed">')


def test_what_may_be_left_out_says_so_but_not_in_a_search() -> None:
    assert "(optional)" in str(Order()["note"].as_field_group())
    assert "(optional)" not in str(Order()["email"].as_field_group())
    assert "(optional)" not in str(Search()["text"].as_field_group())


def test_a_summary_can_stand_apart_from_its_form() -> None:
    html = render_to_string("components/error_summary.html", {"form": Order({"email": "no"})})
    assert "id_email" in html


@pytest.mark.parametrize(
    "field",
    [
        forms.CharField(widget=forms.TextInput(attrs={"placeholder": "<a> & b", "disabled": True})),
        forms.DateField(widget=forms.DateInput(attrs={"min": "1990-01-01", "hidden": False})),
        forms.EmailField(),
        forms.IntegerField(min_value=1, localize=True),
        forms.CharField(widget=forms.PasswordInput),
        forms.CharField(widget=forms.HiddenInput),
        forms.BooleanField(),
    ],
)
@pytest.mark.parametrize("value", [None, 'a "quoted" <b>', 1234, date(2026, 11, 24), True])
def test_an_input_is_drawn_as_djangos_own_template_does(field: forms.Field, value: object) -> None:
    drawn = field.widget.render("name", value, {"id": "id_name"}, renderer=Renderer())
    own = field.widget.render("name", value, {"id": "id_name"}, renderer=TemplatesSetting())
    assert drawn == own.strip()
