const { a, b: c, d = 1, e: { f = 2 }, [g]: h, ...i } = source;
let [j, , k = 3, [l], ...m] = list;
for (const [key, { value }] of Object.entries(source)) use(key, value);
try { risky(); } catch ({ message }) { log(message); }
const pick = ({ n, ...o }, [p] = []) => n ?? o ?? p;
