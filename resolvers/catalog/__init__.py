"""What the catalog's fields do: titles, people, collections, search, and what is published to the other subgraphs."""
