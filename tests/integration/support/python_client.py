"""The Python client of the build tree. Import it before wire: the generated modules of both are in a package `telex`, and
the one that is imported first serves both."""

import os
import sys

sys.path.insert(0, f"{os.environ['TELEX_BUILD_DIR']}/python")

import telex
import telex.blocking
