match command.split():
    case ["go", direction, *rest]: move(direction, rest)
    case {"key": value, **others} if value > 1: use(value, others)
    case Point(x=0, y=py) | Point(0, py): plot(py)
    case "a" | -1 | None: pass
    case color.RED: stop()
    case str() as text: show(text)
    case name: use(name)
    case _: default()
