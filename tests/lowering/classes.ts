@Injectable({ scope: 'request' })
export class Service<T> extends Base<T> implements OnInit, types.Closable {
  static count = 0;
  readonly #secret: string = 'x';
  private declare kind: Kind;
  'quoted-name'?: string;
  [computed] = 1;
  @Input() @Required() size!: number;
  handler = async (event: Event) => this.handle(event);

  constructor(private readonly users: Users, @Inject('TOKEN') public token: string, optional?: number) { super(); }

  // Before the decorator.
  @Get(':id')
  // Between decorator and method.
  async find(@Param('id') id: string) { return this.users.find(id); }

  get value() { return this.#secret; }
  set value(next) {}
  static async *walk() {}
  'quoted method'() {}
  [Symbol.iterator]() {}
  overloaded(a: string): void;
  abstract later(): void;
  static { Service.count = 1; }
  [key: string]: unknown;
}

const Anonymous = class extends mixin(Base) {};
const enum Color { Red = 'r', Green = 1 << 2, Blue }
namespace Outer.Inner { export const deep = 1; }
