"""Export of Keras weights to TFLite and ONNX: calibration, quantization, measured accuracy."""
