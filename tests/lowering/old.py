print "hello", name
exec "code"
