"""Stand-in for modules that picamera2 asks for when it is imported and that nothing uses here."""

from types import ModuleType


class _Anything(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name

    def __getitem__(cls, name):
        return name


class UnusedModule(ModuleType):
    """A module in which every name is there and means nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})
