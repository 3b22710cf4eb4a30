"""Whether cards are offered at all: without a gateway they are hidden."""

from django import template

from billing.gateway import cards_are_on

register = template.Library()
register.simple_tag(cards_are_on)
