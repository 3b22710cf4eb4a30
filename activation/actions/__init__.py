"""What people do with activations and customers, by what it is done to."""

from activation.actions.activating import (
    activate_by_link,
    activate_for_existing,
    activate_for_new,
)
from activation.actions.customers import correct_email, erase_person
from activation.actions.moving import move_to_existing, move_to_new
from activation.actions.sending import SentMeanwhile, send_link
from activation.steps import KnownCustomer, UnknownCustomer

__all__ = [
    "KnownCustomer",
    "SentMeanwhile",
    "UnknownCustomer",
    "activate_by_link",
    "activate_for_existing",
    "activate_for_new",
    "correct_email",
    "erase_person",
    "move_to_existing",
    "move_to_new",
    "send_link",
]
