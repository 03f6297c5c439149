"""The process in which a student's code runs, and the zygote that it is forked from."""
