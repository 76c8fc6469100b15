[f(x) for x in xs if x if x > 1]
[y for x in xs for y in x if y]
{x for x in xs}
{k: v for k, v in pairs.items()}
total = sum(x.price for x in cart)
async def gather(): return [x async for x in stream if (last := x)]
