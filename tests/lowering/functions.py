@app.get("/items/{id}", status_code=200)  # a route
@cached
async def read(id: int, q: str | None = None, *args: Any, flag, limit=10, **kwargs: dict[str, int]) -> list[Item]:
    """Reads."""
    return await load(id, *args, q=q, **kwargs)

def positional(a, /, b, *, c): ...
def generator():
    x = yield 1
    yield from other()
square = lambda n, *rest: n * n
def generic[T](value: T) -> "T":
    pass
