"""What bounds the grader: sizes, counts and seconds."""

from __future__ import annotations

# Seconds of the grader's own waiting, generous on a busy machine.
START_SECONDS = 120.0  # until a zygote has imported torch and can fork
CHILD_SECONDS = 30.0  # until a child is forked and in its sandbox, or all are gone
SEND_SECONDS = 30.0  # for a child to take in a message
EXIT_SECONDS = 5.0  # for a child to end that has closed its connection
END_SECONDS = 10.0  # for a zygote to end by itself

# What student code may take, beside the limits of its assignment, which are CPU time.
POLL_SECONDS = 0.1  # between looks at the child's clock while an answer is awaited
WALL_FACTOR = 10.0  # wall time allowed for each second of CPU time, ...
WALL_GRACE = 5.0  # ... and on top, for a busy machine
IDLE_GRACE = 5.0  # seconds in which a call may wait beside those it may compute, ...
IDLE_TOTAL = 30.0  # ... and in which all calls of a submission may wait
WALL_TOTAL = 2.0  # wall time of a submission for each second of its CPU time

# A GPU.
GPU_SECONDS = 60.0  # CPU seconds in which CUDA wakes up; no student pays for them
GPU_TRIAL_SECONDS = 60.0  # CPU seconds of a first trial, CUDA's waking aside
GPU_TRIAL_CALL_SECONDS = 10.0  # of its call
GPU_CONTEXT_MEBIBYTES = 700  # what CUDA takes for a process, tensors aside

# Of a source. What is longer is graded like any other, and nothing is looked up in it:
# a megabyte of brackets takes seconds each time, and nothing ends the grader.
ADVICE_CHARACTERS = 200_000
FOLLOWED_CHARACTERS = 1_000_000  # of all modules that one imports, together

MAX_TRIES = 2  # of a submission whose job was lost
CHUNK_BYTES = 1 << 16  # asked for at a time
HELLO_BYTES = 65536  # of what a new child says first
LOG_BYTES = 4000  # of the end of a zygote's errors, to be shown
GPU_PROBLEM_CHARACTERS = 300  # of what a child says of the GPU
FILE_NAME_BYTES = 200  # file systems take 255, and endings come on top
COMMENT_CHARACTERS = 2000  # of whoever grades a written answer
PROBLEMS_SHOWN = 10  # of a table of written answers, at a time
