"""Runs the Keras code on your pages and draws what it did."""

__version__ = "0.1.0"

__all__ = ["__version__"]
