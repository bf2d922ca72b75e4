"""The OAuth 2.1 authorization server and OpenID Connect provider: Authlib's grants on our own sessions."""
