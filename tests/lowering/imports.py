import os
import os.path, json as j
import package.module as alias
from . import sibling
from ..parent.module import (first, second as renamed,  # why
    third)
from package import *
from __future__ import annotations
try:
    import fast as impl
except ImportError:
    impl = None
os.path.join(j, alias.f, sibling.g, first, renamed, third, annotations)
