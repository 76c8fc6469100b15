match a:
  case {"b": [c, *d], **e} if (f := g): h = f"{i!r:>{j}} {k["l"]}"
@m
async def n(o, /, p=..., *, q: "r" = lambda: (yield)) -> s: await t
