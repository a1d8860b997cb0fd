"""Training on several accelerators: each works on a part of every batch."""

from __future__ import annotations

import keras

from moodpi.errors import UsageError


def share_out_batches(batch_size: int) -> None:
    """Use all devices of the machine for the models that are built from now on.

    The variables are on every device (`keras.distribution.DataParallel`).

    Raises UsageError if the backend is not JAX, or if the batch is not a multiple of the devices.
    """
    if keras.backend.backend() != "jax":
        raise UsageError(
            f"--devices all needs Keras on JAX, not on {keras.backend.backend()}: set the "
            "environment variable KERAS_BACKEND=jax",
            code="devices_need_jax",
        )
    devices = keras.distribution.list_devices()
    if batch_size % len(devices):
        raise UsageError(
            f"--batch-size {batch_size} cannot be shared out among {len(devices)} devices: give a "
            f"multiple of {len(devices)}",
            code="uneven_batch",
        )
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
