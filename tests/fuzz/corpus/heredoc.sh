cat <<-"A B" <<C && x=$(cat <<D
$(b `c`)
A B
	A B
C
D
)
case $x in (a|b) ;; *) esac
f() { [[ a < b ]]; }; "${x[@]:-$(y)}"
