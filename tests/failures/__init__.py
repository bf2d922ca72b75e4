"""What viewers keep, and what they are told, while servers, Valkey and Postgres are killed under them."""
