"""The card gateway, behind one small interface: tokens only, never a card's number."""

from billing.gateway.current import cards_are_on, gateway
from billing.gateway.interface import (
    Answer,
    Charge,
    FinishedSetup,
    Gateway,
    GatewayError,
    Hint,
    Outcome,
    Setup,
    WrongSignatureError,
)

__all__ = [
    "Answer",
    "Charge",
    "FinishedSetup",
    "Gateway",
    "GatewayError",
    "Hint",
    "Outcome",
    "Setup",
    "WrongSignatureError",
    "cards_are_on",
    "gateway",
]
