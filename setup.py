"""Packaging: the base installation is for the Raspberry Pi; everything else is an extra."""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
VERSION = {}
exec((ROOT / "moodpi" / "__init__.py").read_text(encoding="utf-8"), VERSION)  # noqa: S102

KERAS = ["tensorflow>=2.20", "keras>=3.10"]
PANDAS = ["pandas>=2.2"]

EXTRAS = {
    # The last release; it supports Python up to 3.11 and requires numpy 1.
    "tflite-runtime": [
        "tflite-runtime==2.14.0; python_version < '3.12'",
        "numpy<2; python_version < '3.12'",
    ],
    "onnx": ["onnxruntime>=1.21"],
    # Requires the system's libcamera. On a Pi, use `apt install python3-picamera2` instead.
    "picamera2": ["picamera2>=0.3.12; platform_system == 'Linux'"],
    # pyarrow reads Parquet.
    "catalog": [*PANDAS, "matplotlib>=3.8", "pyarrow>=18", "scikit-learn>=1.6", "tqdm>=4.66"],
    "train": [*KERAS, *PANDAS, "matplotlib>=3.8", "seaborn>=0.13", "tqdm>=4.66"],
    # Keras on JAX. On an accelerator, install JAX for it: jax[cuda12].
    "jax": [*KERAS[1:], "jax>=0.10"],
    # MPD, and Mopidy's MPD front end.
    "mpd": ["python-mpd2>=3.1"],
    # mpv comes from the system; mutagen reads the tags of the files.
    "mpv": ["mutagen>=1.47"],
    # h11 before 0.16 accepts invalid chunks and lengths of any number of digits.
    # segno draws the QR code of the page's link; it has no dependencies.
    "web": [
        "starlette>=0.46",
        "uvicorn>=0.34",
        "h11>=0.16",
        "python-multipart>=0.0.22",
        "segno>=1.6",
    ],
    # pillow-heif 1.1 decodes HEIC; its wheels contain libheif and libde265.
    "heif": ["pillow-heif>=1.1"],
    "mqtt": ["paho-mqtt>=2.1"],
    "convert": [*KERAS, "onnx>=1.16", "tf2onnx>=1.16", "onnxruntime>=1.21", "tqdm>=4.66"],
}
EXTRAS["all"] = sorted(
    {
        requirement
        for name, extra in EXTRAS.items()
        if name not in ("tflite-runtime", "picamera2")
        for requirement in extra
    }
)
EXTRAS["dev"] = [
    "axe-playwright-python>=0.1.4",
    "codespell>=2.3",
    "httpx>=0.27",
    "hypothesis>=6.100",
    "import-linter>=2.6",
    "pillow>=10",
    "mypy>=1.13",
    "pandas-stubs",
    "playwright>=1.49",
    "pre-commit>=4",
    "pytest>=8.4",
    "pytest-xdist>=3.6",
    "ruff>=0.8",
    "schemathesis>=4",
]

setup(
    name="moodpi",
    version=VERSION["__version__"],
    description="Recognizes your mood with a camera and plays music for it, on a Raspberry Pi",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE", "NOTICE"],
    python_requires=">=3.11",
    packages=find_packages(exclude=["tests", "tests.*"]),
    package_data={
        # The int8 files, and one that OpenCV runs without another runtime.
        "models": ["manifest.json", "*/int8.*", "simple_cnn/float32.onnx", "*/README.md"],
        "catalog": ["*.sqlite", "building/*.json"],
        "edge": ["audio/*.json", "frontends/web/static/*"],
    },
    data_files=[
        ("share/moodpi", [str(path.relative_to(ROOT)) for path in ROOT.glob("systemd/*.*")]),
        ("share/moodpi/user", ["systemd/user/moodpi.service"]),
    ],
    install_requires=[
        # Versions that work with the numpy of the system's picamera2 (Bookworm: 1.24).
        "numpy>=1.24",
        # The WebP decoder of 4.11 crashes on a damaged animation.
        "opencv-python-headless>=4.8,!=4.11.*,<4.12; python_version < '3.12'",
        "opencv-python-headless>=4.8,!=4.11.*,<5; python_version >= '3.12'",
        "ai-edge-litert>=2.1",
        # LiteRT sets no upper bound; 0.6 requires numpy 2, which would replace Bookworm's.
        "ml_dtypes<0.6; python_version < '3.12'",
        # Pure Python. It edits moodpi.toml at installation; the daemon never imports it.
        "tomlkit>=0.13,<1",
    ],
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["moodpi = moodpi.cli.main:main"]},
)
