# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test runs to put pip into an empty environment, with the pip that comes with Python.

ansible-test looks for get-pip.py in its cache before it downloads it from a host of its own, which not every network
lets through. Like get-pip.py, this takes the packages to install and two options to leave some out.
"""

import runpy
import subprocess
import sys

# A process of its own, since it makes pip forget its configuration.
subprocess.run([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.argv[1:] = ["install", "--upgrade", *wanted]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
