"""The tiled convolution engine."""
