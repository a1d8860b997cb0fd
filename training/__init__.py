"""FER2013 loading, augmentation, architectures and the training loop, for any Keras 3 backend."""
