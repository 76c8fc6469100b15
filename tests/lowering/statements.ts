'use client';
if (a) b(); else if (c) { d(); } else { e(); }
for (let i = 0, n = 3; i < n; i++) { if (i) continue; }
for (const key in object) {}
for await (const item of stream) {}
for (x of y);
while (a) b();
do { c(); } while (d);
switch (kind) { case 'a': case 'b': one(); break; default: two(); }
try { risky(); } catch (error) { throw new Wrapped(error); } finally { close(); }
try { risky(); } catch {}
function f() { return; return g(), h(); }
var hoisted = 1, empty;
using file = open();
debugger;
{ let scoped = hoisted; /* inside */ }
// At the end.
