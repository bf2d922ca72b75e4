"""Pictures to ask for: titles with artwork, their originals in the storage of a running application."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from PIL import Image

from media.artwork import Picture, addresses_of, measured
from models.catalog import Artwork, ArtworkKind, Title
from resolvers.catalog.publish import publish
from runtime.settings import Settings
from tests.catalog.shelf import Shelf
from tests.served import Front, served

POSTER = """query ($width: Int) { title(slug: "m") { artwork(kind: POSTER, width: $width) {
    url width height blurhash alt } } }"""


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    async with served(settings) as opened:
        yield opened


def photograph(width: int = 1000, height: int = 1500) -> bytes:
    """A JPEG, from black above to white below."""
    buffer = BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(buffer, "JPEG")
    return buffer.getvalue()


class Wall:
    """Hangs pictures up, and looks at them through the front door."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.shelf = Shelf()

    async def hang(self, owner: UUID, data: bytes | None = None, kind: ArtworkKind = ArtworkKind.POSTER) -> Artwork:
        """A picture of the owner's: its original is stored, its row with the shelf."""
        data = photograph() if data is None else data
        looks = measured(data)
        row: Artwork = self.shelf.picture(owner, kind)
        row.width, row.height, row.blurhash = looks.width, looks.height, looks.blurhash
        await self.front.resources.storage.put(row.object_key, data)
        return row

    async def store(self) -> None:
        await self.shelf.store(self.front.resources)

    async def film(self, data: bytes | None = None, **options: Any) -> tuple[Title, Artwork]:
        """A film `m` and its poster."""
        title = self.shelf.movie("m", **options)
        row = await self.hang(title.id, data)
        await self.store()
        return title, row

    async def poster(self, width: int | None = None) -> dict[str, Any]:
        """The film's poster as the graph tells of it."""
        artwork: dict[str, Any] = (await self.front.data(POSTER, width=width))["title"]["artwork"]
        return artwork

    async def url(self, width: int | None = None) -> str:
        """The poster's address in the graph."""
        url: str = (await self.poster(width))["url"]
        return url

    def address(self, row: Artwork, width: int) -> str:
        """A picture's public address, whether or not anybody sees what it is of."""
        return addresses_of(self.front.resources).public(picture(row), width)

    async def get(self, url: str) -> httpx2.Response:
        return await self.front.client.get(url)

    async def change(self, title: Title, *statements: Any) -> None:
        """Changes the tables, and publishes the title anew."""
        async with self.front.database.write("catalog") as session:
            for statement in statements:
                await session.execute(statement)
            await publish(session, [title.id])


@pytest.fixture
def wall(front: Front) -> Wall:
    return Wall(front)


def picture(row: Artwork) -> Picture:
    return Picture(row.id, row.object_key, row.width, row.height, row.blurhash)


def decoded(answer: httpx2.Response) -> Image.Image:
    """The picture that was served."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    image = Image.open(BytesIO(answer.content))
    image.load()
    assert image.format == "WEBP"
    return image


async def is_nothing(wall: Wall, answer: httpx2.Response) -> bool:
    """Whether nobody can tell the answer from that to a picture that never was."""
    never = await wall.get(f"/artwork/{uuid4()}/320/AAAAAAAAAAAAAAAAAAAAAA.webp")
    assert (never.status_code, never.headers["cache-control"]) == (404, "no-store")
    return told(answer) == told(never)


def told(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    changing = ("date", "x-request-id")
    headers = {name: value for name, value in answer.headers.items() if name not in changing}
    return answer.status_code, answer.content, headers
