"""`python -m harness.cli`: the command from a checkout."""

import sys

from harness.cli import main

sys.exit(main())
