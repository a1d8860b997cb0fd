"""Keras weights to TFLite and ONNX: calibration, quantization, and the measured report."""
