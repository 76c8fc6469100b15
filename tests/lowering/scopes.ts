import { used, shadowed } from 'm';
use(used, hoisted, later());
var hoisted = 1;
function later() { return hoisted; }
{ let hoisted = 2; hoisted++; function inner() {} inner(); }
function outer(shadowed, again = shadowed) { var local = shadowed; local = again; return () => local; }
const self = function fact(n) { return n ? fact(n - 1) : 1; };
for (const i of [1]) use(i);
use(typeof i);
try {} catch (e) { use(e); }
class Node { next = Node; }
interface Shape { s: Shape }
use(Shape);
const Shape = 1;
let counter = 0;
counter += 1;
[counter] = [2];
for (counter of []) ;
