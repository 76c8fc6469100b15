if a:
    b()
elif c:
    d()
else:
    e()
for i, item in enumerate(items):
    continue
else:
    done()
while True: break
try:
    risky()
except (ValueError, errors.Other) as error:
    raise Wrapped("x") from error
except* Group:
    raise
except:
    pass
else:
    fine()
finally:
    close()
async def main():
    async with connect() as db, lock:
        async for row in db: use(row)
with (open("a") as f, open("b")): f.read()
assert a == 1, "message"
del a, b[0]
global g
print("a", file=out)
return_value = 1; other = 2
