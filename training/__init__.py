"""FER2013 loading, augmentation, the architectures and the fit, on any Keras 3 backend."""
