a and not b or c
a < b <= c is not d not in e
1 + 2 * -3 // 4 ** 5 @ m
x if test else y
a.b[0][1:2][::3, "k"](c, *d, e=f, **g)
[1, *rest]; (1,); (); {1, 2}; {"a": 1, 'b': 2, key: 3, 4: 5, **more}
1, 2
None; True; False; ...; 0xff; 1.5e3; 2j
a = b = c
a, (b, *c) = d
total += 1
annotated: list[int] = []
only: int
if (n := f()) > 1: print(n)
await run()
(await run()).result
await promise
type Alias = int | str
