"""A late library is loaded by its first use, and then is the library itself."""

from __future__ import annotations

import pickle
import sys

import pytest
from support import finished

from polyrates.ground.late import late


def test_an_attribute_loads_it_and_is_its_own() -> None:
    program = (
        "import sys\nfrom polyrates.ground.late import late\nfft = late('scipy.fft')\n"
        "assert 'scipy.fft' not in sys.modules\nassert fft.dct([1.0, 2.0]) is not None\n"
        "import scipy.fft\nassert fft.dct is scipy.fft.dct and 'dct' in vars(fft)\n"
    )
    done = finished([sys.executable, "-c", program])
    assert done.returncode == 0, done.stderr


def test_what_is_missing_is_an_error_of_the_usual_kind() -> None:
    with pytest.raises(AttributeError, match="no_such"):
        late("math").no_such  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        late("no_such_library").anything  # noqa: B018


def test_a_function_of_it_pickles() -> None:
    assert pickle.loads(pickle.dumps(late("math").sqrt))(4.0) == 2.0
