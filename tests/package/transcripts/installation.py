"""The installed programs and libraries, in a temporary prefix, and terminals that find them."""

import pathlib
import subprocess
import tempfile

from terminals import Terminals


class Installation:
    def __init__(self, build):
        self.build = pathlib.Path(build).absolute()
        self._folder = tempfile.TemporaryDirectory(prefix="telex-installed-")
        self.prefix = pathlib.Path(self._folder.name)
        subprocess.run(["cmake", "--install", build, "--prefix", self.prefix], check=True, stdout=subprocess.DEVNULL)

        # The tests run as root, as which Chromium has no sandbox.
        browser = self.prefix / "bin/chromium"
        browser.write_text('#!/bin/sh\nexec /usr/bin/chromium --no-sandbox "$@"\n', encoding="ascii")
        browser.chmod(0o755)

    def remove(self):
        self._folder.cleanup()

    def repeat(self, source, steps, **options):
        """Repeats a transcript in a folder that looks like that of the sources."""
        with tempfile.TemporaryDirectory(prefix="telex-tour-") as name:
            folder = pathlib.Path(name)
            for shared in ("config", "examples", "proto"):
                (folder / shared).symlink_to(source / shared)
            with Terminals(folder, self._environment(folder), **options) as terminals:
                terminals.repeat(steps)

    def _environment(self, folder):
        (libraries,) = (path.parent for path in self.prefix.glob("lib/**/pkgconfig"))
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        return {
            "PATH": f"{self.prefix}/bin:{self.prefix}/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime),
            "PYTHONPATH": str(self.build / "python"),
            "PKG_CONFIG_PATH": str(libraries / "pkgconfig"),
            "LD_LIBRARY_PATH": str(libraries),
        }
