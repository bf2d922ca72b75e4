"""Short films of our own making, so that every title of the starter catalogue plays."""

from sandbox.films.film import Film
from sandbox.films.library import FILMS
from sandbox.films.make import FilmFailed, make_film

__all__ = ["FILMS", "Film", "FilmFailed", "make_film"]
