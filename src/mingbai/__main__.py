"""``python -m mingbai`` is ``mingbai``."""

import sys

from mingbai.cli import main

sys.exit(main())
