// @flow
import type { Props } from './types';
function typed(a: string, b: ?number): Promise<Props> { return call(a, b); }
