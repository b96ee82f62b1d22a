"""Migrate a BUILD file from Pants's own Go backend. In: its text. Out: its new text, and notes on
what could not be changed. It does not use the engine.
"""
