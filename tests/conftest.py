"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# Keras reads these as it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

# An example's time says nothing on a machine that runs other tests beside it.
settings.register_profile("diagramgen", deadline=None)
settings.load_profile("diagramgen")
