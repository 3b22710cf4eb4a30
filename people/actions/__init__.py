"""What is done with people: each a transaction of its own, with an actor."""

from people.actions.access import change_role, disable_user, enable_user, remove_second_factor
from people.actions.company import CompanySettings, change_company
from people.actions.devices import (
    end_device,
    end_other_devices,
    end_sessions_of,
    note_device,
)
from people.actions.invitations import (
    accept_invitation,
    invite_again,
    invite_person,
    open_reseller,
    withdraw_invitation,
)
from people.actions.sign_in import ask_for_reset, change_password, send_reset, tell_of_change

__all__ = [
    "CompanySettings",
    "accept_invitation",
    "ask_for_reset",
    "change_company",
    "change_password",
    "change_role",
    "disable_user",
    "enable_user",
    "end_device",
    "end_other_devices",
    "end_sessions_of",
    "invite_again",
    "invite_person",
    "note_device",
    "open_reseller",
    "remove_second_factor",
    "send_reset",
    "tell_of_change",
    "withdraw_invitation",
]
