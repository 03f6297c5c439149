"""torch, imported once and warmed, and a search path on which nothing else is found.

Whatever is imported here is shared by every child; whatever is not costs every child
that needs it. No backward and no operator on several threads may run here: the threads
that they leave behind would hang every child.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import site
import sys
import sysconfig


def warm_up() -> None:
    """Import and run once, on one thread, what a first use makes slow."""
    import torch

    from autograder.executor import compiler
    from autograder.executor.loading_data import load_in_one_process
    from autograder.executor.tuning import tune_for_small_tensors

    compiler.leave_out()
    load_in_one_process()
    tune_for_small_tensors()
    torch.set_num_interop_threads(1)
    for name in (
        "torch.func",
        "torch.nn.utils.parametrize",
        "torch.nn.utils.rnn",
        "torch.nn.utils.stateless",
        "torch.optim.lr_scheduler",
        "torch.utils._python_dispatch",
        "torch.utils.data",
    ):
        importlib.import_module(name)
    with contextlib.suppress(ImportError):  # writes the shapes in students' files
        importlib.import_module("jaxtyping")
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU(), torch.nn.Flatten()
    )
    with torch.no_grad():
        outputs = model(torch.ones(1, 1, 6, 6))
        _ = outputs @ outputs.mT
    torch.nn.LSTM(2, 3)(torch.ones(2, 1, 2))  # its kernel for training is another one
    torch.func.functional_call(
        model, dict(model.named_parameters()), torch.ones(1, 6, 6)
    )
    # Optimizers ask whether there is a GPU. The question alone would wake CUDA's driver
    # in this process, and then no fork of it could use a GPU.
    asked = torch.cuda.is_available
    vars(torch.cuda)["is_available"] = lambda: False
    for kind in (torch.optim.AdamW, torch.optim.SGD):
        weight = torch.nn.Parameter(torch.ones(2))
        weight.grad = torch.ones(2)  # set by hand: a backward would start threads
        kind([weight], lr=0.1).step()
    vars(torch.cuda)["is_available"] = asked


def keep_only_libraries() -> list[str]:
    """Cut ``sys.path`` down to the standard library and where torch lives; return it.

    An editable install puts the root of a repository on the path, solutions and all.
    """
    kept = _homes()
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) in kept]
    sys.path_importer_cache.clear()
    sys.argv[1:] = []
    sys.orig_argv[:] = sys.argv
    sys.dont_write_bytecode = True
    return list(sys.path)


def _homes() -> set[str]:
    """The directories, resolved, that hold libraries and nothing of a course."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    homes = {sysconfig.get_path(name) for name in names} | set(site.getsitepackages())
    version = f"python{sys.version_info[0]}{sys.version_info[1]}.zip"
    for path in sys.path:
        place, last = os.path.split(path)
        if last in ("lib-dynload", version) and os.path.isabs(place):
            homes.add(path)
    for name in ("torch", "numpy"):
        module = sys.modules.get(name)
        if module is not None and module.__file__ is not None:
            homes.add(os.path.dirname(os.path.dirname(module.__file__)))
    return {os.path.realpath(home) for home in homes}


def readable_paths() -> list[str]:
    """What a child reads in order to import: libraries, and the worker itself."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [path for path in sys.path if os.path.exists(path)]
    paths += [os.path.join(sys.base_prefix, "lib"), os.path.join(sys.prefix, "lib")]
    packages = ("worker", "executor", "protocol", "sources")
    paths += [os.path.join(ours, package) for package in packages]
    return [path for path in dict.fromkeys(paths) if os.path.exists(path)]
