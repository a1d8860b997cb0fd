"""`python -m moodpi`."""

import sys

from moodpi.cli.main import main

sys.exit(main())
