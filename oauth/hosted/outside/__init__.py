"""Signing in through an outside OpenID provider: OpenID Connect Core 1.0, section 3.1, with PKCE (RFC 7636)."""
