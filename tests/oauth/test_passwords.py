"""How passwords are hashed outside of tests, where it is quick."""

from argon2 import extract_parameters
from argon2.low_level import Type

from tests.conftest import THOROUGH


def test_a_password_is_hashed_as_rfc_9106_recommends() -> None:
    found = extract_parameters(THOROUGH.hash("correct horse"))
    assert (found.type, found.time_cost, found.memory_cost, found.parallelism) == (Type.ID, 3, 64 * 1024, 1)
