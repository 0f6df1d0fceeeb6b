"""Simulated implementations of the ports: recording light, replay and rendered cameras, fake clock, board."""
