"""`python -m moodpi`."""

import sys

from moodpi.cli import main

sys.exit(main())
