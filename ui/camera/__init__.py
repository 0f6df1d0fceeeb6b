"""The camera screen: live preview, focus and exposure, and the editor of plant regions."""
