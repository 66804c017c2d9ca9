"""The untrusted side: what is mounted into the jail, and nothing else of the autograder is.

``link``          messages between processes
``namespaces``    the kernel's walls around one submission
``syscalls``      calls to the kernel that no notebook needs, refused
``processes``     who lives in there, what they use, and how they end
``shell``         the notebook: IPython that collects what cells show
``surroundings``  what a cell may bend and the next one must find straight
``session``       runs one cell or one call, each in a process of its own
``orders``        one order: given, watched, and cleared away after
``referee``       the first process of a submission; runs no student code
``stub``          stands in the jail as the package ``autograder``

`autograder.worker` starts them. They import the standard library, IPython and `autograder.answers`.
"""
