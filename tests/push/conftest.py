"""A viewer who plays at one server, and a second server to listen at."""

from tests.browser.test_push import elsewhere, one_address, player
from tests.seeded import seeded, seeded_template

__all__ = ["elsewhere", "one_address", "player", "seeded", "seeded_template"]
