"""File formats: one module each, `registry` picks among them. Plain numpy; neither Qt nor torch.

Everything here may run on any thread, on values only. Writers never touch the old file until the new one is complete.
"""
