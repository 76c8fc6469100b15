'single' "double"
"""triple
line"""
r'\d' b'\x41' u'é'
'\x41\u0042\n\d\
joined'
f"a {b} c {d!r:>{width}} {{literal}} {e['key']}"
f"no holes"
("implicit "
 # a comment between
 "joined " f"with {hole}")
rb'raw'
