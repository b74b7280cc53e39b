"""The documented scripting interface of Ais over the new core; its units and quirks end here."""
