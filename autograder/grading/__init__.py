"""The trusted side: submissions in, sandboxed children asked, verdicts out."""
