"""What the command line's commands do."""


class Stop(Exception):
    """The command can't do it; the message is one line that says why, and what to do."""
