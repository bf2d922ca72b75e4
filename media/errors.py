"""What can go wrong with media, in words for whoever sent the file."""


class MediaError(Exception):
    """A media file can't be used; the message names the file and says what is wrong with it."""


class ToolFailed(MediaError):
    """An outside program ended with an error; the message has the last lines it wrote."""


class Superseded(Exception):
    """Another worker took this ingest over, so this one must change nothing more."""
