COUNT = 0
class Box:
    size = COUNT
    sizes = [size for _ in range(size)]
    def grow(self, by=size):
        global COUNT
        COUNT += by
        return size
def outer():
    n = 1
    def inner():
        nonlocal n
        n = 2
        return n
    return [n for n in range(n)], inner
with open() as handle: handle
del COUNT
