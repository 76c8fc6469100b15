class Settings(BaseSettings, Generic[T], metaclass=Meta):
    """Documented."""
    name: str
    debug: bool = False
    limit = Field(default=10)
    x, y = 1, 2

    class Config:
        frozen = True

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def upper(self):
        return self.name.upper()

    @classmethod
    async def load(cls): pass

class Empty: pass
