"""What the door says of a file that it cannot use."""


class UnreadableFileError(ValueError):
    """A file as a whole cannot be read under its contract; the message says why."""


UNREAD_WAY_OUT = (
    "all other files were read; `.venv/bin/funnel check <file>` says what is wrong with this one:"
    " mend it, or its contract, or take it away, then run again"
)
