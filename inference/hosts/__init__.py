"""Hosts: where the engine runs. `base` is the contract, `inline` a thread of this process, `process` a worker."""
