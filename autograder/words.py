"""The vocabulary of check files and mistakes files: a line for each word."""

from autograder.checking.bounds import as_many_operators as as_many_operators
from autograder.checking.bounds import no_more_than as no_more_than
from autograder.checking.causality import causal as causal
from autograder.checking.changing import changed as changed
from autograder.checking.comparing import agrees as agrees
from autograder.checking.comparing import close as close
from autograder.checking.comparing import equal as equal
from autograder.checking.composing import unroll as unroll
from autograder.checking.derived import device as device
from autograder.checking.derived import digits as digits
from autograder.checking.derived import types as types
from autograder.checking.everywhere import Grid as Grid
from autograder.checking.everywhere import everywhere as everywhere
from autograder.checking.planning import plan as plan
from autograder.checking.training import trajectory as trajectory
from autograder.checking.vocabulary import after as after
from autograder.checking.vocabulary import changes as changes
from autograder.checking.vocabulary import hidden as hidden
from autograder.checking.vocabulary import hint as hint
from autograder.checking.vocabulary import mistake as mistake
from autograder.checking.vocabulary import points as points
from autograder.checking.vocabulary import reference as reference
from autograder.checking.vocabulary import settings as settings
