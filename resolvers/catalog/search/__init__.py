"""Search: titles by their names in all languages, by their people and by what they are about; and people."""
