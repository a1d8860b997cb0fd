"""tflite-runtime, the predecessor of LiteRT: only for Python up to 3.11 and numpy 1."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from edge.runtimes.tflite import TfliteInterpreter
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

# With numpy 2 the import succeeds, but the interpreter fails. The package does not declare this.
if int(np.__version__.split(".")[0]) >= 2:
    raise MoodpiError(
        f"tflite-runtime needs numpy below 2, found {np.__version__}: "
        f"{how_to_install('numpy<2')}, or {how_to_install('ai-edge-litert')}",
        code="incompatible_numpy",
    )

from tflite_runtime import _pywrap_tensorflow_interpreter_wrapper as native
from tflite_runtime.interpreter import Interpreter


class TfliteRuntime(TfliteInterpreter):
    """Runs TFLite files with tflite-runtime and XNNPACK's integer kernels, as LiteRT does."""

    def create(self, path: str, threads: int) -> Any:
        kernels = [XnnpackDelegate(threads)] if XnnpackDelegate.available() else []
        return Interpreter(model_path=path, num_threads=threads, experimental_delegates=kernels)


class _Options(ctypes.Structure):
    """TfLiteXNNPackDelegateOptions of TensorFlow Lite 2.14 (xnnpack_delegate.h)."""

    _fields_ = (
        ("num_threads", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
        ("weights_cache", ctypes.c_void_p),
        ("handle_variable_ops", ctypes.c_bool),
    )


class XnnpackDelegate:
    """The XNNPACK delegate for int8 and uint8; by default tflite-runtime uses it for floats only.

    tflite-runtime's own integer kernels are several times slower and round differently, which adds
    up over the layers. The interpreter holds a reference to this object.
    """

    INT8, UINT8 = 1, 2  # TFLITE_XNNPACK_DELEGATE_FLAG_QS8 and _QU8

    def __init__(self, threads: int) -> None:
        self._library = ctypes.CDLL(native.__file__)
        self._library.TfLiteXNNPackDelegateOptionsDefault.restype = _Options
        create = self._library.TfLiteXNNPackDelegateCreate
        create.restype, create.argtypes = ctypes.c_void_p, [ctypes.POINTER(_Options)]
        options = self._library.TfLiteXNNPackDelegateOptionsDefault()
        options.num_threads = threads
        options.flags |= self.INT8 | self.UINT8
        self._pointer = create(ctypes.byref(options))

    @staticmethod
    def available() -> bool:
        """Whether this build of tflite-runtime exports the delegate."""
        return hasattr(ctypes.CDLL(native.__file__), "TfLiteXNNPackDelegateCreate")

    def __del__(self) -> None:
        delete = self._library.TfLiteXNNPackDelegateDelete
        delete.argtypes = [ctypes.c_void_p]
        delete(self._pointer)

    def _get_native_delegate_pointer(self) -> int | None:
        """The pointer that the interpreter requests from a delegate."""
        return self._pointer
