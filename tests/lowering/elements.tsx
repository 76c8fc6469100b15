import { Card, Form as F } from './ui';
const view = (
  <Card title="a &amp; b" size={3} {...props} disabled on:click={() => run()} xlink:href='#x'>
    {/* a comment */}
    Hello,   {name}
    and &quot;goodbye&quot; & more
    {cond ? <F.Row key={1} /> : null}
    {list.map(item => <li key={item.id}>{item.text}</li>)}
    <>
      {'literal'}
    </>
    <custom-element></custom-element>
  </Card>
);
const generic = <Select<Option> value={x} />;
