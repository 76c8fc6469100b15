before()
def f(:
    return 1
after("kept")
x = [1, 2
