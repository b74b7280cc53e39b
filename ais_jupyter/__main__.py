"""``python -m ais_jupyter`` is ``ais-jupyter``."""

import sys

from ais_jupyter.main import main

sys.exit(main())
