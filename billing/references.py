"""What a reseller writes on a bank transfer, so that staff know whose money came.

A creditor reference as ISO 11649 has it: banks check its two digits, so that a slip of the pen is
found before the money leaves.
"""

import re

PATTERN = re.compile(r"RF([0-9]{2})([0-9]{6,18})")
WHOLE = 98
DIVISOR = 97


def reference_of(account_id: int) -> str:
    """Return the reference of an account, in groups of four: `RF18 0000 01`."""
    number = f"{account_id:06}"
    whole = f"RF{check_digits(number)}{number}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def check_digits(number: str) -> str:
    """Return the two digits that make a number of digits a valid reference."""
    letters = "".join(str(int(letter, 36)) for letter in "RF")
    return f"{WHOLE - int(f'{number}{letters}00') % DIVISOR:02}"


def account_in(reference: str) -> int | None:
    """Return the key of the account that a reference names, however it is spaced; else None."""
    found = PATTERN.fullmatch(re.sub(r"\s", "", reference).upper())
    if found is None or found[1] != check_digits(found[2]):
        return None
    return int(found[2])
