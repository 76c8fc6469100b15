const a = `${`${b}`}` as const; label: for await (const {c = d?.[e] ?? f!, ...g} of h<i>(j)) { if (k) break label; else try { l } catch { throw m } }
export default class extends n<o> { @p() #q = <T,>(r: T) => r satisfies s; static {} }
