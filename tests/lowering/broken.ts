before();
const x = ;
function f( { return g(1; }
after('kept');
class A { m( {} n() {} }
