"""The process in which a student's code runs, and the zygote that it is forked from.

Nobody imports it but the zygote; `autograder.grading.zygote_client.Zygote` starts one::

    from autograder.grading.zygote_client import Zygote
    from autograder.sandbox import ProcessLimits

    with Zygote.start(ProcessLimits(memory_mebibytes=1024, cpu_seconds=60)) as zygote:
        with zygote.line().spawn() as child:
            print(child.layers)
"""
