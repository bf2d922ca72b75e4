"""The pages on which people sign in, allow clients and devices, and keep their passkeys: plain HTML that needs no
script but for passkeys."""
