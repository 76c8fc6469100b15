import 'side-effect';
import fallback, { one, two as second, type Shape } from 'package';
import * as everything from './everything';
import type { Row } from './types';
import data from './data.json' with { type: 'json' };
import legacy = require('legacy');
import Short = everything.Inner.Name;

export * from './all';
export * as grouped from './grouped';
export { one as renamed, second } from './again';
export type * from './shapes';
export type { Row };
export { fallback as default, legacy };
export const a = 1, b = data;
export default async function main() {}
export abstract class Base {}
export = everything;
export as namespace Global;
