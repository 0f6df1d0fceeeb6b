#!/usr/bin/env bash
# key.sh: the key pair for updates of the virtual image; prints its folder. Anyone can create it, so it protects nothing: a maker
# sets $SPROUTCAST_UPDATE_KEY to the public key of a pair kept offline.
. "$(dirname "$0")/../lib.sh"
KEYS="$CACHE/update-key"
mkdir -p "$KEYS"
# RFC 8410: what an Ed25519 private key begins with, then 32 bytes.
{
  printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
  printf 'updates of the virtual image, for its checks alone' | openssl dgst -sha256 -binary
} | openssl pkey -inform DER -out "$KEYS/private.pem"
if [ -n "${SPROUTCAST_UPDATE_KEY:-}" ]; then cp "$SPROUTCAST_UPDATE_KEY" "$KEYS/public.pem"; else openssl pkey -in "$KEYS/private.pem" -pubout -out "$KEYS/public.pem"; fi
echo "$KEYS"
