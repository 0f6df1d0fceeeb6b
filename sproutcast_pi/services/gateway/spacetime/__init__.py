"""Speak `v2`/`v3.bsatn.spacetimedb`, so that the unmodified `spacetimedb` client from npm can be used."""
