"""What people do with accounts, deposits and cards: each action is one transaction."""

from billing.actions.account import (
    adjust_balance,
    book_transfer,
    change_credit_limit,
    change_low_balance,
    park_account,
    release_account,
    return_deposit,
)
from billing.actions.cards import (
    customer_of,
    finish_adding,
    make_default,
    remove_card,
    start_adding,
)
from billing.actions.deposits import begin_deposit

__all__ = [
    "adjust_balance",
    "begin_deposit",
    "book_transfer",
    "change_credit_limit",
    "change_low_balance",
    "customer_of",
    "finish_adding",
    "make_default",
    "park_account",
    "release_account",
    "remove_card",
    "return_deposit",
    "start_adding",
]
