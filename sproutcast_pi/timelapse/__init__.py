"""Make a film of a plant from its photographs."""
