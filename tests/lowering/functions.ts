function plain(a, b = 1, ...rest: string[]): void {}
async function waits(this: Window, { id, name: title = 'none' }: Options, [head, , third]: number[]) {}
function* generates() { const x = yield 1; yield* generates(); }
const arrow = (x: number): number => x * 2;
const short = x => ({ x });
const stream = async function* named() {};
function overloaded(a: string): string;
function overloaded(a: any) { return a; }
label: for (;;) { break label; }
(function () { 'use strict'; })();
