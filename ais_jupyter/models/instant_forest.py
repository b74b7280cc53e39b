"""Instant forest: no network, but boosted trees over a filter bank; learns in about a second."""

from __future__ import annotations

from ais_jupyter.models.forest_plan import ForestPlan

title = "Instant forest"
include = True
summary = "Learns in about a second, from a few strokes; with much annotation, networks find more."
plan = ForestPlan()
