"""What every ranking of a request stands on: the titles and the model, as Postgres has them at its beginning."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import text

from recommendations.experiments import Experiment, experiments_in
from resolvers.viewing.recommending.active import Recommender, recommender_of
from resolvers.viewing.recommending.stock import Openings, Stock, stock_of
from runtime.request import Request
from runtime.resources import Resources

STANDING = text(
    "select c.revision, p.revision, array(select version from viewing.trained_model order by activated_at desc limit 2)"
    " from catalog.published_revision c, viewing.popularity_revision p where c.id = 1 and p.id = 1"
)


@dataclass(frozen=True)
class Ground:
    """`recommender` is None where popularity ranks."""

    request: Request
    stock: Stock
    recommender: Recommender | None
    opened: dict[int, Openings] = field(default_factory=dict)

    @property
    def version(self) -> str | None:
        return self.recommender.version if self.recommender else None

    def openings(self, maximum_age: int) -> Openings:
        """What plays now in the request's country for viewers up to that age."""
        if maximum_age not in self.opened:
            asked = self.request
            self.opened[maximum_age] = self.stock.openings(asked.country, maximum_age, asked.now)
        return self.opened[maximum_age]

    @cached_property
    def experiments(self) -> Sequence[Experiment]:
        return experiments_of(self.request.resources)


async def ground_of(request: Request) -> Ground:
    """The request's, read once."""
    return await request.load(grounds, None)


async def grounds(request: Request, keys: Sequence[None]) -> list[Ground]:
    async with request.read("viewing") as db:
        published, popularity, versions = (await db.execute(STANDING)).one()
    stock = await stock_of(request, (published, popularity))
    ground = Ground(request, stock, await recommender_of(request, stock, versions))
    return [ground for _ in keys]


def experiments_of(resources: Resources) -> Sequence[Experiment]:
    """The installation's experiments; SettingsError where the setting is wrong."""
    key = Experiment
    if key not in resources.shared:
        resources.shared[key] = experiments_in(resources.settings.experiments)
    found: Sequence[Experiment] = resources.shared[key]
    return found
