"""The command line's commands, as whoever operates an installation uses them."""

from pathlib import Path

import pytest

from runtime.settings import Settings
from server.commands import Stop
from server.commands.ingest import find_playable, ingest_file
from server.commands.token import token_for
from server.main import named
from tests.seeded import seeded, seeded_template
from tests.served import served

__all__ = ["seeded", "seeded_template"]

WHO = "{ viewer { account { email } profile { name } scopes } }"


async def test_a_token_of_the_command_line_is_the_servers(seeded: Settings) -> None:
    async with served(seeded.model_copy(update={"public_url": "http://marquee.test"})) as front:
        settings = seeded.model_copy(update={"public_url": "http://marquee.test"})
        token = await token_for(settings, "Administrator@marquee.example", "Ada")
        viewer = (await front.data(WHO, token))["viewer"]
    assert viewer["account"]["email"] == "administrator@marquee.example"
    assert viewer["profile"] == {"name": "Ada"}
    assert "admin:roles" in viewer["scopes"]


async def test_a_token_for_nobody_says_so(seeded: Settings) -> None:
    with pytest.raises(Stop, match=r"no account of nobody@example\.org"):
        await token_for(seeded, "nobody@example.org", None)
    with pytest.raises(Stop, match="it has Robin, Charlie, Kim"):
        await token_for(seeded, "viewer@marquee.example", "Nobody")


async def test_ingest_names_what_is_wrong(seeded: Settings, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("This is no film.")
    for file, title, problem in (
        (tmp_path / "none.mp4", "metropolis", "no file"),
        (text, "no-such-title", "no film 'no-such-title'"),
        (text, "flash-gordon/one", "slug/season/episode"),
        (text, "metropolis", r"notes\.mp4 is no media file"),
    ):
        with pytest.raises(Stop, match=problem):
            await ingest_file(seeded, file, title)


async def test_episodes_are_named_by_their_place(seeded: Settings) -> None:
    async with served(seeded) as front:
        first = await find_playable(front.resources, "flash-gordon/1/1")
        assert first != await find_playable(front.resources, "flash-gordon/1/2")


def test_an_unknown_subgraph_is_refused_by_the_names_there_are() -> None:
    assert named(None) is None
    assert named("catalog") == "catalog"
    with pytest.raises(Stop, match="identity, catalog, viewing, billing"):
        named("films")
