"""From what Keras did to a picture: Scene (what) → Drawing (where) → DOT → SVG."""
