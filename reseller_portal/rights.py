"""What a page or an action may ask of a person: the lines of the role table."""

from enum import StrEnum


class Right(StrEnum):
    """One line of the role table."""

    READ = "read"
    SEE_CODES = "see_codes"
    OPERATE = "operate"
    ADMINISTER = "administer"
