interface User { id: string; /* kept */ name?: string }
type Id = string | number;
declare const VERSION: string;
declare module 'untyped' { const x: number; }
declare global { interface Window { app: App } }
declare function ambient(): void;
let x: Promise<User>, y: User[], z: typeof x, s: string;
function guard(value: unknown): value is User { return true; }
function asserts(value: unknown): asserts value {}
const cast = <const>['a'];
const later = mock as unknown as import('m').Service;
