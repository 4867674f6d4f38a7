"""What backup and restore raise when they will not do it."""


class Refused(RuntimeError):
    """The work was not begun, or was left without a change; the message says why."""
