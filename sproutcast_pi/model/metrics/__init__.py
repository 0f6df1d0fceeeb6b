"""Registry of metrics: all facts about each number of a plant, in one place.

A metric is one row (`Metric`) in the file of its group; screen, phone page, Home Assistant, commands, rules, store
columns and exports read it. Edges and their reasons are in docs/accuracy.md.
"""
