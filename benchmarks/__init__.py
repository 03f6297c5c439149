"""Speed and memory of autograder beside a floor and a cold pytest, in one run."""
