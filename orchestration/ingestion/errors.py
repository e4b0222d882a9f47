"""What the door says of a file that it cannot use."""


class UnreadableFileError(ValueError):
    """A file as a whole cannot be read under its contract; the message says why."""
